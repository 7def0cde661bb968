/** `import "morphogen/jsx"`: the package, and its element as a tag of the global JSX (Preact, Solid, Astro). Made by tools/elements.mjs. */
import type { Frame, Model, MorphogenError, MorphogenSampler, Sample } from "./morphogen.js";

/** What may stand in the tag: each property of the element, and its events. */
export interface SamplerAttributes extends Partial<Pick<MorphogenSampler, "model" | "prompt" | "prior" | "caption" | "negative" | "and" | "over" | "into" | "between" | "weight" | "region" | "edge" | "at" | "share" | "second" | "seed" | "steps" | "count" | "guidance" | "grid" | "solver" | "network" | "machine" | "device" | "window" | "controls" | "autoplay" | "static">> {
  onload?: (event: CustomEvent<Model>) => void;
  onstep?: (event: CustomEvent<Frame>) => void;
  onsample?: (event: CustomEvent<Sample>) => void;
  onerror?: (event: CustomEvent<MorphogenError>) => void;
  /** As any element's. */
  [other: string]: unknown;
}

declare global {
  namespace JSX {
    interface IntrinsicElements {
      "morphogen-sampler": SamplerAttributes;
    }
  }
}

export * from "./morphogen.js";
