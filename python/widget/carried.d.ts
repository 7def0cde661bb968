/** The worker's script as a function of its global scope; see `tools/bundle.mjs`. */
declare module "morphogen:worker" {
  export function run(self: object): void;
}
