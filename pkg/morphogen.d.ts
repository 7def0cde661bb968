/** Types of the package. Pixels are f32 in [−1, 1], laid out `[B, C, H, W]`; −1 is black, 1 is white. */

/** What draws: `auto` takes the faster of WebGPU and the processor. */
export type Device = "auto" | "webgpu" | "cpu";
/** Where the steps lie: `uniform` are all alike, `early` ones are close together at much noise, where it is decided what is to be seen. */
export type Grid = "uniform" | "early";
/** How the sampler walks from noise to picture. */
export type Solver = "ddim" | "ddpm" | "dpm-solver";
/** Who draws: the trained network, or an analytic machine of the theory. */
export type Machine = "network" | "ideal" | "local" | "equivariant" | "els" | "bbels" | "wiener" | "blend" | "pca" | "composite";

/** How a load gets on: `code` is the wasm, `weights` the network. `total` is missing where the server does not say. */
export interface Progress {
  phase: "code" | "weights";
  /** Bytes that have arrived. */
  loaded: number;
  /** Bytes in all. */
  total?: number;
}

/** How to load a model. All of it may be left out. */
export interface LoadOptions {
  /** `auto` takes the faster of WebGPU and the processor; `model.notice` says why it is the processor. */
  device?: Device;
  /** Name of a network of the pack; the first by name otherwise. */
  network?: string;
  /** Told how the download gets on. */
  onProgress?: (progress: Progress) => void;
  /** Gives up loading. */
  signal?: AbortSignal;
  /** Address of `morphogen_bg.wasm`, with `theory_bg.wasm` beside it; in `generated/` beside this module otherwise. */
  wasmUrl?: string | URL;
  /** Address of `worker.js`, on any host that opens it to this page; beside this module otherwise. */
  workerUrl?: string | URL;
}

/** How pictures are drawn where a sample asks for nothing else. */
export interface Usual {
  /** Steps from noise to picture. */
  steps: number;
  /** Where they lie. */
  grid: Grid;
  /** How each is taken. */
  solver: Solver;
  /** How strongly the prompt pulls; 1 is plain. */
  guidance: number;
}

/** A network of a pack. What it has of {@link Usual}, its makers suggest: as few steps as give the picture of many. */
export interface NetworkInfo extends Usual {
  name: string;
  /** Name for people. */
  title: string;
  /** Its weights, relative to the pack. */
  file: string;
  /** Size of the weights, in bytes. */
  bytes: number;
  /** The architecture as the manifest has it. */
  config: Record<string, any>;
  /** Local machines whose window was calibrated against this network. */
  machines: string[];
  /** The calibrated windows of each: how many pixels (`k`, odd) each pixel sees at time `t`, and over how many the edge falls off (`soft`; a hard edge where it is missing). */
  windows: Record<string, { t: number; k: number; soft?: number }[]>;
}

/** Licence and origin. */
export interface Terms {
  licence: string;
  attribution: string;
  url?: string;
}

/** What a pack that draws from free text knows of words; `model.words()` gives them. Files are relative to the pack. */
export interface TextInfo {
  /** File of the vocabulary. */
  words: string;
  /** Number of words. */
  count: number;
  /** How many of them, from the first on, name a style. */
  styles: number;
  /** Files of the languages that it understands besides, by language (`de`), each fetched when it is used. */
  languages: Record<string, string>;
  /** Prompts worth trying. */
  examples: string[];
  /** File that says what the training images show; without it there is no prior, and no machine can draw. */
  captions?: string;
}

/** What a model pack holds. */
export interface Info {
  name: string;
  /** Name for people. */
  title: string;
  version: string;
  /** Size of a picture, in pixels; 1 channel is grey, 3 are red, green and blue. */
  image: { width: number; height: number; channels: number };
  licence: { data: Terms; weights: Terms };
  /** What can be asked for. */
  prompts: { name: string; label: string }[];
  /** Where the model draws from free text instead. */
  text?: TextInfo;
  networks: NetworkInfo[];
  /** How a machine draws in a pack without networks. */
  usual: Usual;
  /** Training images by prompt, which the analytic machines need; empty in a pack without them. */
  training: Record<string, { file: string; count: number; bytes: number }>;
}

/** What to draw, and how. All of it may be left out. */
export interface SampleOptions {
  /** Free words; left out, the model draws anything. A machine needs them, unless the pack has one prompt only. */
  prompt?: string | null;
  /**
   * Where the model draws from free text: whether each picture shows one caption of the training set that fits the prompt, with
   * the prompt's own words added (default), or just the words. The first picture takes the likeliest caption; the seed chooses
   * those of further ones. `sample.captions` says what was chosen.
   */
  prior?: boolean;
  /** Number of a caption, as `sample.captions` gave it: all pictures show that one. Default: as the seed chooses. */
  caption?: number;
  /** What not to draw: guidance leads away from it. Free words; left out, away from anything. */
  negative?: string;
  /** Whole, 0 … 2⁵³ − 1. Picture `n` of several has the noise of seed `seed + n`, which lies in the same range. Default 0. */
  seed?: number;
  /** How many pictures, 1 … 256, and up to 32 where steps are watched (`frames`, `onStep`). Default 1. */
  count?: number;
  /** 1 … 1000. Default: what the network's makers suggest, for a machine as for the network that it stands beside. */
  steps?: number;
  /** Where the steps lie. Default: likewise. */
  grid?: Grid;
  /** How a step is taken. Default: likewise. */
  solver?: Solver;
  /** How strongly the prompt pulls, −100 … 100; 1 is plain. Default: likewise; a machine has none, and what is mixed has weights. */
  guidance?: number;
  /** What the prompt is mixed with everywhere: a heart that is a robot. Free words, or those with how to mix. */
  and?: string | Second;
  /** What goes over the prompt, on one side of an edge: a cat with a top hat. */
  over?: string | Second;
  /** What the prompt turns into on the way from noise: the shape of one in the matter of the other. */
  into?: string | Second;
  /** What is drawn lies between the prompt and this, in what the network makes of words, as a frame of `model.morph` does. */
  between?: string | Second;
  /**
   * A sum in the place of the prompt, of up to 8 terms: `x̂₀ = clip(u + Σ_k w_k · m_k · [from_k ≥ t > to_k] · (c_k − u))`, with `u` the
   * guess without words (or of what `negative` names) and `c_k` that for the words of term k.
   */
  terms?: Term[];
  /** Name of another network of the pack. */
  network?: string;
  /** Who draws: the network (default), or an analytic machine over the pack's training images of the prompt; of a mix, one for each of its things. */
  machine?: Machine;
  /** For local machines: how many pixels each pixel sees, odd. Default: what was calibrated against the network. */
  window?: number;
  /** Keep the provenance of every step of a machine in `frame.provenance`; about a fifth slower. Default false. */
  provenance?: boolean;
  /**
   * Begin with these noisy pictures, `[B, C, H, W]` with B = `count`, at time `t` in (0, 1], instead of with the seed's
   * noise at 1. The steps share the time that is left. A state of another sample will do (`frame.x` and `frame.t`), or a
   * picture with noise: `x_t = a_t x₀ + s_t ε`, with `s_t = sin(π t / 2.016)` and `a_t = cos(π t / 2.016)`.
   */
  start?: { pixels: Float32Array; t: number };
  /**
   * Tell in `sample.influence` how far each term of a mix moved each pixel. The pictures stay the same; on WebGPU the guesses of
   * every step are read back and added up on the processor, which is slower. Default false.
   */
  influence?: boolean;
  /** Begin with a finished picture, to which noise is added, instead of with noise: more like this one, or this one mended. */
  from?: Origin;
  /** What stays of the picture `from`, `[H, W]` with each value in [0, 1]: 1 stays as it is, to the bit; 0 is free. */
  keep?: Float32Array;
  /**
   * How soft the edges of `keep` are made, 0 … 8 pixels: each value becomes the sigmoid of its distance from the edge over this,
   * 1 and 0 from four times that distance on. 1.5 hides seams. Default 0, as it is.
   */
  soft?: number;
  /**
   * With `from`: how often each step is taken, 1 … 16; after all but the last time fresh noise leads back to where it began, so that
   * the new fits what stays. Such steps are of first order. Default 2 with `keep`, else 1.
   */
  times?: number;
  /** Keep every state in `sample.frames`. Default false. */
  frames?: boolean;
  /** Called with every state, pure noise first. */
  onStep?: (frame: Frame) => void;
  /** Gives up drawing. */
  signal?: AbortSignal;
}

/** A finished picture to begin from. */
export interface Origin {
  /**
   * Pixels `[C, H, W]` in [−1, 1] for all pictures, or `[B, C, H, W]` with one for each; a sample; or an image of any size, such as
   * a photograph's file, the middle of which is brought to the model's size, on white where it is transparent.
   */
  image: Float32Array | Sample | ImageData | Blob;
  /** Which picture of a sample, or of several. Default 0 for a sample, and else all of them. */
  index?: number;
  /** How much of it is given up, above 0 and up to 1, as the time at which to begin; below .85 little changes. */
  t: number;
}

/** Which part of a picture: a side of a level or an upright edge, or of a circle about the middle. */
export type Region = "everywhere" | "above" | "below" | "left" | "right" | "inside" | "outside";

/** One term of a sum. */
export interface Term {
  /** Free words. */
  prompt: string;
  /** How strongly it pulls, −100 … 100; below 0 it leads away. Default 1. */
  weight?: number;
  /** Where. Default everywhere. */
  region?: Region;
  /** Where the edge of the region lies, 0 … 1 from above or from the left; for a circle the radius, as a share of the shorter side. */
  edge?: number;
  /** How soft the edge is, as a share of the picture: the mask is a sigmoid of the distance over this. Default 1/16. */
  soft?: number;
  /** `[H, W]`, each value in [0, 1]: how much it acts at each pixel, in the place of a region. */
  mask?: Float32Array;
  /** The time at which it begins to act, above `to`: 1, noise, unless given. */
  from?: number;
  /** The time at which it ends: 0, the finished picture, unless given. */
  to?: number;
  /** Number of the caption to show, as in {@link SampleOptions}. */
  caption?: number;
}

/** A second thing, and how it is mixed with the prompt. What is left out is as usual. */
export interface Second {
  /** Free words. */
  prompt: string;
  /** How strongly both pull. Default 1.5 for `and`, the guidance for `between`, else 2. */
  weight?: number;
  /** For `over`: the side that the second takes; the prompt has the other. Default above. */
  region?: Exclude<Region, "everywhere">;
  /** For `over`: where the edge lies, as in {@link Term}. */
  edge?: number;
  /** For `into`: the time at which the second takes over, 0 … 1. Default 0.75. */
  at?: number;
  /** For `between`: how much of the second, 0 … 1. Default 0.5. */
  share?: number;
  /** Number of the caption to show, as in {@link SampleOptions}. */
  caption?: number;
}

/** What a film goes between, and how it is drawn. Only `prompts` must be given. */
export interface MorphOptions {
  /** Two to four things, each in free words: at each the film shows its plain picture. */
  prompts: string[];
  /** Numbers of the captions to show, in the order of the prompts, as in {@link SampleOptions}; as the seed chooses where one is undefined. */
  captions?: (number | undefined)[];
  /** 12 … 48. Default 24. */
  frames?: number;
  /** Whether the film comes back to the first thing, so that its first frame follows on its last. Default true. */
  loop?: boolean;
  /** Whole, 0 … 2⁵³ − 1. All frames come from the noise of this seed. Default 0. */
  seed?: number;
  /** What not to draw, as in {@link SampleOptions}; so are those below. */
  negative?: string;
  prior?: boolean;
  steps?: number;
  grid?: Grid;
  solver?: Solver;
  guidance?: number;
  network?: string;
  /** Told how far the drawing is, in [0, 1]. */
  onProgress?: (share: number) => void;
  /** Gives up drawing. */
  signal?: AbortSignal;
}

/** How a film becomes a file. */
export interface FilmOptions {
  /** APNG keeps every colour, GIF is known everywhere; WebM is recorded by the browser, in the time that the film takes. Default APNG. */
  type?: "image/apng" | "image/gif" | "video/webm";
  /** Pixels a pixel, 1 … 32; at most 2048 pixels a side. Default 4. */
  scale?: number;
  /** Frames a second, 1 … 50. Default 12. */
  fps?: number;
  /** Gives up. */
  signal?: AbortSignal;
}

/** From one thing to another, in frames that come from the same noise. Made by `model.morph`; or the way of a picture, by `model.film`. */
export interface Film {
  /** `[F, C, H, W]`, in [−1, 1]. */
  readonly pixels: Float32Array;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** Number of frames, F. */
  readonly frames: number;
  /** Whether its first frame follows on its last. */
  readonly loop: boolean;
  /** Of its noise; undefined where it is the way of a picture. */
  readonly seed: number | undefined;
  /** What it goes between; of each thing one caption at most. */
  readonly parts: Part[];
  /** The device that drew it. */
  readonly device: "webgpu" | "cpu";
  /** The network that drew it. */
  readonly network: string;
  /** What the user should know, such as a change of device; empty if nothing. */
  readonly notice: string;
  /** Frame `n` for a canvas, each pixel `scale` wide (1 … 64). */
  toImageData(n?: number, scale?: number): ImageData;
  /** The film as a file that states the pack's licence (WebM cannot). */
  toBlob(options?: FilmOptions): Promise<Blob>;
}

/** What one thing of a mix was taken for. */
export interface Part {
  /** Short name, as in `info.prompts`. */
  prompt: string;
  /** The same for people. */
  label: string;
  /** The caption that each picture shows of it; undefined where none was asked for. */
  captions: (Caption | null)[] | undefined;
}

/** What a prompt means. */
export interface Understood {
  /** Index of the class, where the model draws classes. */
  index?: number;
  /** Indices of the words that were meant, where the model draws from free text. */
  words?: number[];
  /** Indices of the words that were turned away (“no hat”); a sample keeps away from them. */
  against?: number[];
  /** Short name, as in `info.prompts`. */
  name: string;
  /** Name for people. */
  label: string;
  /** The words that named it, as typed. */
  used: string[];
  /** Words that did not help, as typed. */
  ignored: string[];
  /** Slips that were mended: “Sneeker” is “sneaker”. */
  corrected: { typed: string; meant: string }[];
  /** Words that the model does not know, with the nearest that it does, where it draws from free text. */
  unknown?: { typed: string; near: string[] }[];
}

/** The state of a sample after some of its steps. */
export class Frame {
  private constructor();
  /** Steps taken, 0 … `steps`; 0 is pure noise. */
  readonly step: number;
  readonly steps: number;
  /** Time reached: 1 is noise, 0 is the finished picture. */
  readonly t: number;
  /** Standard deviation of the noise that is left, in [0, 1]. */
  readonly noise: number;
  /** The noisy pictures, `[B, C, H, W]`. */
  readonly x: Float32Array;
  /** The clean pictures suspected behind them in the last step, `[B, C, H, W]`; zeros at step 0. */
  readonly denoised: Float32Array;
  /** Of the guess `denoised`, where asked for with `provenance`. */
  readonly provenance: Provenance | undefined;
  readonly size: { width: number; height: number; channels: number };
  /** Picture `n` for a canvas, each pixel `scale` wide (1 … 64). */
  toImageData(n?: number, scale?: number, what?: "x" | "denoised"): ImageData;
}

/** A caption of the training set that a picture shows. */
export interface Caption {
  /** Its number; as the option `caption` it draws the same again. */
  index: number;
  /** What is drawn, for people: “crying cat”. */
  label: string;
  /** In which style, for people: “Fluent”. */
  style: string;
  /** Indices of the words that the network was given: the caption's and the prompt's. */
  words: number[];
  /** How well the network knows it, in [0, 1]: exp(−4 e), with e the share of the training picture that it misses; null where nobody has measured. */
  known: number | null;
}

/** Finished pictures. */
export class Sample {
  private constructor();
  /** `[B, C, H, W]`, in [−1, 1]. */
  readonly pixels: Float32Array;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** Number of pictures, B. Picture `n` is the single picture of seed `seed + n` and of its caption, where it has one. */
  readonly count: number;
  /** Short name of what was drawn, as in `info.prompts`; empty for anything. */
  readonly prompt: string;
  /** The same for people. */
  readonly label: string;
  /** The caption that each picture shows; null where none fits the prompt, or none was asked for. */
  readonly captions: (Caption | null)[];
  /** Of a mix: what each of its things was taken for, the prompt first; `prompt` and `captions` are then those of the first. */
  readonly parts: Part[] | undefined;
  readonly seed: number;
  /** The device that drew it. */
  readonly device: "webgpu" | "cpu";
  /** The network that drew it. */
  readonly network: string;
  /** What the user should know, such as a change of device; empty if nothing. */
  readonly notice: string;
  /** Every state from noise on, where asked for with `frames: true`. */
  readonly frames: Frame[];
  /** Where each pixel comes from; undefined for networks and the Wiener filter, which are not made of patches. */
  readonly provenance: Provenance | undefined;
  /** One for each picture; undefined where the training images of the prompt were not loaded (`model.nearest` loads them). */
  readonly nearest: Nearest[] | undefined;
  /** What each term did, where asked for with `influence`. */
  readonly influence: Influence | undefined;
  /** Picture `n` for a canvas, each pixel `scale` wide (1 … 64). */
  toImageData(n?: number, scale?: number): ImageData;
}

/**
 * What the words did: how far each term moved each pixel, `Σ |w · m · (c − u)|` over the steps, the mean over channels. Plain guidance is one
 * term; of two things that are mixed the prompt is term 0, the second term 1.
 */
export interface Influence {
  /** `[B, K, H, W]`, from 0 up. */
  readonly moved: Float32Array;
  /** Number of terms, K. */
  readonly terms: number;
  readonly width: number;
  readonly height: number;
  /** The colour of a term in every map, `[red, green, blue]` of 0 to 255. */
  colour(term: number): readonly [number, number, number];
  /** The term that moved one pixel of picture `n` most, and how far each of them moved it. */
  at(row: number, column: number, n?: number): { term: number; moved: number[] };
  /** The map of picture `n`: each pixel in the colour of the term that moved it most, the stronger the further it did. */
  toImageData(n?: number, scale?: number): ImageData;
}

/** How the way of a picture becomes a film. All of it may be left out. */
export interface WayOptions {
  /** Which picture of the frames. Default 0. */
  n?: number;
  /** Frames for which the finished picture stands, 0 … 100. Default 12. */
  hold?: number;
}

/** How a picture is taken along. All of it may be left out. */
export interface StickerOptions {
  /** Which picture of the sample. Default 0. */
  n?: number;
  /** Side of the picture in pixels, 16 … 512. Default 256. An icon has 16, 32 and 48. */
  size?: number;
  /**
   * `png` (default), of at most 128 kB: where all its colours would take more, it has a palette. `ico`: the icon of a page. `sheet`: all
   * pictures of the sample in one PNG of any length, whole where one cannot be cut out.
   */
  type?: "png" | "ico" | "sheet";
  /** Pictures in a row of a sheet. Default 4. */
  columns?: number;
  /** Cut the ground away (default): what has the even colour of the border and hangs together with it. */
  cut?: boolean;
  /** Gives up. */
  signal?: AbortSignal;
}

/** For every pixel of pictures that a machine drew, the training patch that it owes most to. Arrays are `[B, H, W]`. */
export interface Provenance {
  /** Number of the training image. */
  readonly image: Uint32Array;
  /** The place in it that answered, `row · W + column`. */
  readonly place: Uint32Array;
  /** The share of that one patch in the pixel, in (0, 1]. */
  readonly weight: Float32Array;
  /** The effective number of patches that share in the pixel: exp of the posterior's entropy, at least 1. */
  readonly patches: Float32Array;
  /** Side of the window that each pixel saw; 2·side − 1 sees the whole picture from everywhere. */
  readonly window: number;
  readonly width: number;
  readonly height: number;
  /** What is known of one pixel of picture `n`. */
  at(row: number, column: number, n?: number): { image: number; row: number; column: number; weight: number; patches: number };
  /**
   * The mosaic: each pixel in the colour of its training image, which is the same in every mosaic. With the pictures'
   * `pixels`, dark ones are darkened.
   */
  toImageData(n?: number, scale?: number, pixels?: Float32Array): ImageData;
}

/** The training image nearest to a picture, by Euclidean distance over pixels in [−1, 1]. */
export interface Nearest {
  /** Its number. */
  image: number;
  distance: number;
  /** Distance of the second nearest; null in a set of one. */
  second: number | null;
  /** `distance` over that image's own nearest-neighbour distance: about 1 for a fresh picture; null where it has a twin. */
  novelty: number | null;
  /** Nearer than a third of the second nearest: the usual test for copies. */
  copied: boolean;
  /** What it shows, for people, where the pack draws from free text: “crying cat”. */
  label?: string;
  /** In which style, likewise: “Fluent”. */
  style?: string;
}

/** The training images of a prompt. */
export interface TrainingImages {
  /** `[N, C, H, W]`, 0 to 255. */
  readonly data: Uint8Array;
  readonly count: number;
  readonly size: { width: number; height: number; channels: number };
  toImageData(n: number, scale?: number): ImageData;
}

/** Which pixels go together, as the best linear denoiser of a prompt's training images sees it at one time (PCA-locality). */
export interface Windows {
  readonly width: number;
  readonly height: number;
  /** What a pixel sees: 1 for each such pixel, else 0, `[H, W]`. */
  of(row: number, column: number): Uint8Array;
}

/** A model that is ready to draw. Made by {@link loadModel}. */
export class Model {
  private constructor();
  /** What the pack holds. */
  readonly info: Info;
  /** The device that draws. */
  readonly device: "webgpu" | "cpu";
  /** What the user should know, such as why the processor draws; empty if nothing. */
  readonly notice: string;
  /** The network that draws unless a sample asks for another; empty in a pack of training images alone. */
  readonly network: string;
  /** What words mean to this model. */
  understand(prompt: string): Promise<Understood>;
  /** The words that the model knows, where it draws from free text; those that name a style apart. */
  words(): Promise<{ styles: string[]; words: string[] }>;
  /** Draws. The same options give the same pictures everywhere. */
  sample(options: SampleOptions): Promise<Sample>;
  /** The same sample as a stream of its steps, from pure noise on. Leaving the loop cancels it. */
  steps(options: SampleOptions): AsyncGenerator<Frame, Sample, void>;
  /** From one thing to another as a film, all frames from the same noise. */
  morph(options: MorphOptions): Promise<Film>;
  /** How a picture came out of the noise, as a film: of frames that this model gave, as `onStep` and `steps` do. */
  film(frames: Frame[], options?: WayOptions): Promise<Film>;
  /** The training images of a prompt, fetched unless they are here. */
  training(prompt: string, signal?: AbortSignal): Promise<TrainingImages>;
  /** The nearest training image of each picture of a sample that had a prompt. */
  nearest(sample: Sample, signal?: AbortSignal): Promise<Nearest[]>;
  /** Which pixels of a prompt's training images go together at time `t` in [0, 1]: what the machine `pca` sees. */
  windows(prompt: string, t: number, signal?: AbortSignal): Promise<Windows>;
  /**
   * A picture of a sample to take along, as a file: cut out with soft edges, enlarged smoothly, with the line that says whom to name. Rejects with
   * `sticker-uncut` where there is nothing to cut away; `cut: false` keeps it whole.
   */
  sticker(sample: Sample, options?: StickerOptions): Promise<Blob>;
  /** Gives memory and device back when no other model on the page uses them. */
  close(): void;
}

/** Every promise of this package rejects with one of these. */
export class MorphogenError extends Error {
  /** `code` as below, a sentence for people, and what else is known. */
  constructor(code: string, message: string, more?: { cause?: unknown; suggestions?: string[] });
  /** Stable, lower case with dashes; all are in the package's README. */
  readonly code: string;
  /** For `prompt-unknown`: what the model can draw instead, nearest first. */
  readonly suggestions: string[];
}

/** Where the package's own parts come from. What is left out lies beside the module. */
export interface Host {
  /** Address of `worker.js`. */
  workerUrl?: string | URL;
  /** Address of `morphogen_bg.wasm`, with `theory_bg.wasm` beside it. */
  wasmUrl?: string | URL;
  /** Starts the worker, where there is no `workerUrl`: a module worker of `worker.js`, or of a copy of its code. */
  worker?: () => Worker;
  /** The same of `learn-worker.js`, for what learns; it asks for `learn_bg.wasm` and `learn-gpu_bg.wasm` beside `wasmUrl`. */
  learnWorker?: () => Worker;
  /**
   * Asked before every file that the worker fetches (wasm, manifest, weights, training images), with its address: gives
   * its bytes, another address, or `undefined` to have it fetched as it is.
   */
  resolve?: (url: string) => ResolvedFile | Promise<ResolvedFile>;
}

/** A file's bytes, another address, or nothing of the kind. */
export type ResolvedFile = Uint8Array<ArrayBuffer> | string | URL | undefined;

/**
 * Sets where worker, wasm and files come from, for all models and elements of the page that load after it. Call it before
 * the first of them: a worker that runs stays as it is.
 */
export function configure(host: Host): void;

/** Loads a model pack (the address of its folder, relative to the page, or its folder as one zip file) and makes it ready to draw. */
export function loadModel(source: string | URL | Blob, options?: LoadOptions): Promise<Model>;

/** What a pack of pictures is made of. */
export interface PicturesOptions {
  /** 1 … 4096 pictures of one size, 4 … 64 pixels a side; what is transparent is shown on white. */
  images: readonly ImageData[];
  /** 1 is grey, 3 (default) are red, green and blue. */
  channels?: 1 | 3;
  /** Name for people. Default “My pictures”. */
  title?: string;
  /** Name of the folder in the zip file: a–z, 0–9, - and _. Default `my-pictures`. */
  name?: string;
  /** SPDX expression for the pictures. */
  licence?: string;
  /** Whom to name for them. */
  attribution?: string;
  /** The window that the pack's read-me suggests. Default 5. */
  window?: number;
}

/**
 * A model made of pictures, on the page and at once: it has no network, so samples name a `machine`, and local ones a `window`; a prompt is not
 * needed. Nothing is sent anywhere.
 */
export function picturesModel(pictures: PicturesOptions, options?: LoadOptions): Promise<Model>;

/** The same as a pack in a zip file: {@link loadModel} takes it, and unpacked it is a folder like that of any pack. */
export function picturesPack(pictures: PicturesOptions): Promise<Blob>;

/** How a large picture is drawn from another one. All of it may be left out. */
export interface LargeOptions {
  /** Columns, 8 … 512. With neither `width` nor `height`, the longer side has 256 pixels, in the picture's own aspect. */
  width?: number;
  /** Rows, 8 … 512; together with `width`. */
  height?: number;
  /** Whether opposite edges are to fit each other, so that the picture tiles. Default false. */
  tile?: boolean;
  /** How much may change, 0 … 1: from the picture itself to a new arrangement of its parts. Default 0.5. */
  variety?: number;
  /** Of the noise: whole, 0 … 2⁵³ − 1. Default 0. */
  seed?: number;
  /** Cancels it. */
  signal?: AbortSignal;
  /** Told of the picture after every step, coarse to fine. */
  onStep?: (step: LargeStep) => void;
  /** Address of `morphogen_bg.wasm`, with `theory_bg.wasm` beside it; in `generated/` beside this module otherwise. */
  wasmUrl?: string | URL;
  /** Address of `worker.js`, on any host that opens it to this page; beside this module otherwise. */
  workerUrl?: string | URL;
}

/** A large picture on its way. */
export interface LargeStep {
  /** The picture so far: small while it is coarse, with its full number of pixels in the last steps. */
  image: ImageData;
  /** Steps taken. */
  step: number;
  /** Steps in all. */
  steps: number;
  /** The share of the work that is done, 0 … 1. */
  share: number;
}

/**
 * A new picture of the same stuff as one photograph or texture, without a model or any training: patches of it, laid beside each other by
 * the patch posterior from coarse to fine. The source has at least 8 × 8 pixels; what is longer than 256 is made smaller first. The same
 * seed gives the same picture. It is drawn in the shared worker, and nothing is sent anywhere.
 */
export function largeVariation(image: ImageData | Blob, options?: LargeOptions): Promise<ImageData>;

/** What reacts: Gray and Scott's two substances, or Gierer and Meinhardt's activator and inhibitor. */
export type ReactionSystem = "gray-scott" | "gierer-meinhardt";

/** A local rule, the same in every cell. What is left out is as usual, or stays as it is. */
export interface ReactionRule {
  /** Default `gray-scott`. */
  system?: ReactionSystem;
  /** Of `gray-scott`: F, how fast the food flows in, 0 … 0.12. Default 0.037. */
  feed?: number;
  /** Of `gray-scott`: k, how fast the eater is taken out, 0 … 0.08. Default 0.06. */
  kill?: number;
  /** Of `gierer-meinhardt`: κ, 0 … 0.5; spots near 0, stripes near 0.2, then holes. Default 0.2. */
  saturation?: number;
  /** What both diffusion constants are multiplied by, 0.125 … 8. Default 1. */
  scale?: number;
}

/** Which cells to make, and how they start. All of it may be left out. */
export interface ReactionOptions extends ReactionRule {
  /** Cells in a row, 8 … 1024. Default 128. */
  width?: number;
  /** Rows, 8 … 1024. Default 128. */
  height?: number;
  /** One spot in the middle, or noise everywhere (default). */
  from?: "spot" | "noise";
  /** Of the noise: whole, 0 … 2⁵³ − 1. Default 0. */
  seed?: number;
  /** `auto` takes the faster of WebGPU and the processor. */
  device?: Device;
  /** Address of `morphogen_bg.wasm`, with `theory_bg.wasm` beside it; in `generated/` beside this module otherwise. */
  wasmUrl?: string | URL;
  /** Address of `worker.js`, on any host that opens it to this page; beside this module otherwise. */
  workerUrl?: string | URL;
}

/**
 * Turing's cells: two substances that react and diffuse on a torus. Made by {@link reaction}. Calls are carried out in the order in which
 * they are made; each ends with `pattern` as it then is.
 */
export interface Reaction {
  readonly width: number;
  readonly height: number;
  /** What took the last steps. */
  readonly device: "webgpu" | "cpu";
  /** The substance that shows the pattern, `[H, W]`, from 0 up; for `gray-scott` at most about 0.5. */
  readonly pattern: Float32Array;
  /** How far apart its stripes or spots were when last measured, in cells; null where it was even. */
  readonly wavelength: number | null;
  /** Begins again. */
  start(from: "spot" | "noise", seed?: number): Promise<void>;
  /** Goes on under another rule. */
  change(rule: ReactionRule): Promise<void>;
  /** Paints a disc; x and y in cells from the upper left corner, round the edge. */
  paint(x: number, y: number, radius: number): Promise<void>;
  /** Takes 0 … 10,000 steps of time; a step is 1, or 0.3 over the larger diffusion constant where that is less. */
  advance(steps: number, options?: { measure?: boolean; signal?: AbortSignal }): Promise<void>;
  /** Gives its memory back. */
  close(): void;
}

/** Makes Turing's cells and starts them. */
export function reaction(options?: ReactionOptions): Promise<Reaction>;

/** `<morphogen-sampler>`; attributes mirror properties. Events: `load`, `step`, `sample`, `error`. */
export class MorphogenSampler extends HTMLElement {
  /** Folder of the model pack. */
  model: string;
  /** Free words; empty for anything. */
  prompt: string;
  /** “off” to give the network just the words of the prompt; otherwise a caption of the training set that fits them, too. */
  prior: string;
  /** Number of the caption that all pictures show, as in {@link SampleOptions}. */
  caption: number | undefined;
  /** Free words for what not to draw. */
  negative: string;
  /** Free words to mix with the prompt, in one of four ways, as in {@link SampleOptions}. */
  and: string;
  over: string;
  into: string;
  between: string;
  /** How they are mixed, as in {@link Second}; `region`, `edge`, `at` and `share` go with their own way. */
  weight: number | undefined;
  region: Exclude<Region, "everywhere"> | "";
  edge: number | undefined;
  at: number | undefined;
  share: number | undefined;
  /** Number of the caption that is mixed in. */
  second: number | undefined;
  seed: number;
  /** Left out, as are `grid`, `solver` and `guidance`: what the network's makers suggest. */
  steps: number | undefined;
  count: number;
  guidance: number | undefined;
  grid: Grid | "";
  solver: Solver | "";
  network: string;
  machine: Machine;
  device: Device;
  /** For local machines, as in {@link SampleOptions}. */
  window: number | undefined;
  /** Shows a prompt field, a dice and a button. */
  controls: boolean;
  /** Draws as soon as it can be seen. */
  autoplay: boolean;
  /** A picture only: drawn once it can be seen, without steps, controls or progress. */
  static: boolean;
  /** The last finished sample. */
  readonly sample: Sample | undefined;
  /** Draws with the attributes as they are. A drawing under way is cancelled. */
  draw(): Promise<Sample>;
  /** Stops a drawing under way. */
  cancel(): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "morphogen-sampler": MorphogenSampler;
  }
}
