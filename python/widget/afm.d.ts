/** What a host of widgets (Jupyter, marimo, MyST) hands over: the part of the AFM contract that is used here. */
export interface Host {
  get(name: string): any;
  set(name: string, value: unknown): void;
  save_changes(): void;
  on(event: string, listener: (...all: any[]) => void): void;
  off(event: string, listener: (...all: any[]) => void): void;
  /** To the kernel. */
  send(content: unknown, callbacks?: unknown, buffers?: ArrayBuffer[]): void;
}

/** What `render` gets. */
export interface Cell {
  model: Host;
  el: HTMLElement;
}
