/** Types of `morphogen/learn`: training a small network in the page. Pixels are f32 in [−1, 1], laid out `[B, C, H, W]`. */
import type { Model, Sample } from "./morphogen.js";

/** A network of your own. */
export interface LearnNetwork {
  /** Channels of each level of a UNet, finest first; with `layers` the one width of a ResNet. */
  widths: readonly number[];
  /** Convolutions of a ResNet at full resolution; a UNet without. */
  layers?: number;
  /** Heads of self-attention in a UNet, at the level `level` or the lowest. Default 0, none. */
  heads?: number;
  level?: number;
  /** Side of every kernel, odd. Default 3. */
  kernel?: number;
  /** Beyond the border. Default `zeros`. */
  padding?: "zeros" | "circular";
  /** Groups of the normalisation. Default 0, none. */
  groups?: number;
  /** Width of the embedding of time and class. Default 32. */
  embedding?: number;
  /** Whether time and class shift a channel (default), or scale it as well. */
  modulation?: "shift" | "scale-shift";
}

/** What to learn, and how. Either `images`, or `model` and `prompts`, or `start`. */
export interface LearnOptions {
  /** Pictures of one size; all of one kind. */
  images?: readonly ImageData[];
  /** What the images are called. Default `pictures`. */
  name?: string;
  /** 1 is grey, 3 are red, green and blue; of images as they are unless given. */
  channels?: 1 | 3;
  /** A model whose training images are learned from … */
  model?: Model;
  /** … those of these prompts; each is a class. */
  prompts?: readonly string[];
  /** How many pictures, the first ones, shared evenly by the prompts. All unless given. */
  count?: number;
  /** Bytes of a run that was {@link Learning.suspend | suspended}: it goes on. Of the rest only `steps`, `workers`, `device` and the listeners count then. */
  start?: Uint8Array | Blob;
  /** Rows and columns that pictures are brought to, 2 … 256, for `unet` a multiple of 4. Default 16; images of up to 32 pixels stay as they are. */
  size?: number;
  /**
   * `short-sighted` is six convolutions of 24 channels, in which a pixel sees 13 × 13 others; `unet` (default) has widths of 16, 32
   * and 64, and each pixel sees all.
   */
  network?: "short-sighted" | "unet" | LearnNetwork;
  /** What the network says: the clean picture (default), or the velocity. */
  prediction?: "clean" | "velocity";
  /** Different pictures of a step, at most as many as there are. Default 32, or all. */
  batch?: number;
  /** Noises in which a step shows each of them. Default: as many as make 32 noisy pictures. */
  noises?: number;
  /** Highest learning rate, above 0 and up to 1. Default 0.003. */
  learningRate?: number;
  /** How it goes on after 20 steps of warm-up: down along a cosine (default), or as it is. */
  rate?: "cosine" | "constant";
  /** Steps of the run. Default 1500. */
  steps?: number;
  /** Fixes first weights, order, times and noises. Default 1. */
  seed?: number;
  /**
   * `auto` (default) takes WebGPU where it is faster, and its first gradient the processor's; `webgpu` takes it wherever it can be had,
   * and says in {@link Learning.notice} where it cannot. Runs agree but for rounding; on the processor the same seed gives the same
   * run bit for bit.
   */
  device?: "auto" | "webgpu" | "cpu";
  /** Workers that share each step; the run is the same with any number. Default up to 4, as the processor has. */
  workers?: number;
  /** Whether it goes on while the page is hidden. Default false. */
  background?: boolean;
  /** Whether it waits for {@link Learning.resume}. Default false. */
  paused?: boolean;
  /** Told several times a second. */
  onStep?: (report: LearnReport) => void;
  /** Ends the run, whenever. */
  signal?: AbortSignal;
}

/** How a run gets on. */
export interface LearnReport {
  /** Steps taken. */
  step: number;
  /** Steps of the whole run. */
  steps: number;
  /** Loss of the last step. */
  loss: number;
  /** Losses of all steps since the report before. */
  losses: number[];
  /** Noisy pictures a second. */
  picturesPerSecond: number;
  /** Seconds to the last step, at this pace. */
  secondsLeft: number;
}

/** Where a run stands; one that is `failed` still draws and can be saved, unless its worker is lost. */
export type LearnState = "learning" | "paused" | "done" | "failed" | "closed";

/** Everything that fixes a run besides its pictures. */
export interface LearnSettings {
  /** As the manifest of a pack writes it. */
  network: Readonly<Record<string, unknown>>;
  schedule: string;
  seed: number;
  steps: number;
  batch: number;
  noises: number;
  learning_rate: number;
  rate: "cosine" | "constant";
  warmup: number;
  average: number;
  clip: number;
  drop_condition: number;
}

/** What to draw with what was learned so far. */
export interface LearnSampleOptions {
  /** 1 … 256. Default 1. */
  count?: number;
  /** Picture `n` is the single picture of seed `seed + n`. Default 0. */
  seed?: number;
  /** One of {@link Learning.names}, the first unless given; null for anything. */
  prompt?: string | null;
  /** Steps from noise to picture. Default 20. */
  steps?: number;
  signal?: AbortSignal;
}

/** How a pack of what was learned is called. */
export interface LearnPackOptions {
  /** Folder in the zip file. Default `learned`. */
  name?: string;
  /** Name for people. Default “Learned”. */
  title?: string;
  /** SPDX expression for the pictures. */
  licence?: string;
  /** Whom to name for them. */
  attribution?: string;
}

/** A run under way. */
export interface Learning extends AsyncIterable<LearnReport> {
  readonly state: LearnState;
  /** What ended it, where something did. */
  readonly error: Error | undefined;
  /** The loss of every step since it was begun here. */
  readonly losses: readonly number[];
  readonly report: LearnReport | undefined;
  readonly notice: string;
  /** What takes the steps; the processor goes on where WebGPU is lost. */
  readonly device: "cpu" | "webgpu";
  readonly image: { width: number; height: number; channels: number };
  /** Number of pictures that it learns from. */
  readonly pictures: number;
  readonly names: string[];
  /** Number of weights of the network. */
  readonly weights: number;
  readonly settings: LearnSettings;
  readonly step: number;
  readonly steps: number;
  /** Goes on after {@link pause}. */
  resume(): void;
  /** Waits; what was learned stays. */
  pause(): void;
  /** Draws with the running average of the weights, also while it learns. */
  sample(options?: LearnSampleOptions): Promise<Sample>;
  /** What was learned as a pack in a zip file: `loadModel` takes it. */
  save(options?: LearnPackOptions): Promise<Blob>;
  /** The whole run, to go on from with `start`, as if it had never stopped. */
  suspend(): Promise<Uint8Array>;
  /** Ends it and gives its memory back. */
  close(): void;
}

/** Begins to learn. */
export function learn(options: LearnOptions): Promise<Learning>;
