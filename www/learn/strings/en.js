/**
 * Everything that the page on learning says, in English. To translate it, copy this file, translate the right-hand sides, and name the
 * new file in `tools/learn.mjs`. An empty line parts paragraphs; words in {braces} are filled in while the page runs.
 */

/** @type {Record<string, string>} */
export const strings = {
  // The page
  "page.title": "Watch it learn – Morphogen",
  "page.description": "Train a small diffusion model inside this page: from noise to smudges, to garments, and, with few pictures, to copies.",
  "page.language": "English",
  "page.skip": "Skip to the networks",
  "page.navigation": "Elsewhere",
  "page.studio": "Studio",
  "page.story": "The story",
  "page.heading": "Watch it learn",
  "page.lead": "Here are two small networks that know nothing. Show both the same few pictures, again and again, and look at what they draw: noise, then smudges, then garments. In the end one of them draws copies. The other does not.",
  "page.about": "They learn inside this page, on your own device. Nothing is sent anywhere.",
  "page.footer": 'Everything here runs on the same free code as the <a href="./">Studio</a>. Pictures: Fashion-MNIST, © 2017 Zalando SE, MIT licence, here at 16 × 16 pixels.',

  // Two networks side by side
  "watch.title": "Two networks at school",
  "watch.still": "To see networks learn, allow JavaScript for this page.",
  "watch.caption": "Twelve samples of each network, from noise that stays the same from the first step to the last. Framed ones are copies: they are nearer to one picture of the set than a third of the way to the next. Press a sample to see what it is nearest to; the slider goes back to any step.",
  "watch.after": `
A network learns by one game only: it is shown a picture under noise, guesses the clean one, and is corrected a little. The <dfn>loss</dfn> is how far off
its guess was. Nobody tells it to draw, and nobody tells it not to copy.

The two differ in how far a pixel sees. In the short-sighted one, every pixel sees 13 × 13 pixels around it; in the other, all 16 × 16. That is
all it takes. With eight pictures, the one that sees all can tell from any noise which picture it is in, and in time it learns them by heart.
The short-sighted one cannot: its pixels have to agree with their neighbours, and they agree on mixtures.

Below each stands what the theory foretells from the same noise. It comes from machines made of the pictures alone, with nothing trained, one for each window from
3 × 3 pixels to everything; the page shows the one that fits best. <dfn>r</dfn> says how alike the two are, 1 for the same picture, and the number
beside it is what any two of these pictures come to. Watch the window: both networks begin as if their pixels saw next to nothing, and learn to look further. The
short-sighted one comes to its end. The other goes on, until the perfect copier foretells it best.

Then change the number. With one picture, the copying begins within a hundred steps. With 64 or 600 there are too many to learn by heart in the time, and what the network
draws instead is new.`,
  "watch.halvesTitle": "Two that share no picture",
  "watch.halvesText": `
Is what it draws then a property of these very pictures? There is a test for that. Choose <em>two halves</em>: two networks of the same kind learn from two sets
that have no picture in common, and draw from the same noise. With few pictures they draw different things, each its own. The more there are, the more
alike the two become, although neither has ever seen what the other saw. What they have learned by then belongs to boots, not to these boots.`,
  "watch.kind": "What it learns from",
  "watch.own": "your own pictures",
  "watch.ownPictures": "your own pictures",
  "watch.ankle-boot": "ankle boots",
  "watch.sneaker": "sneakers",
  "watch.sandal": "sandals",
  "watch.trouser": "trousers",
  "watch.t-shirt": "T-shirts",
  "watch.pullover": "pullovers",
  "watch.dress": "dresses",
  "watch.coat": "coats",
  "watch.shirt": "shirts",
  "watch.bag": "bags",
  "watch.open": "Your own …",
  "watch.count": "How many",
  "watch.set": "What it learns from: {n} pictures. Drop others here, or open them; they stay in this page.",
  "watch.set.one": "What it learns from: one picture. Drop others here, or open them; they stay in this page.",
  "watch.thereAre": "There are no more than {n}.",
  "watch.shown": "The first {shown} are shown.",
  "watch.left": "{n} files are left out: they could not be opened as pictures.",
  "watch.left.one": "One file is left out: it could not be opened as a picture.",
  "watch.most": "There are more; the set is the first {most}.",
  "watch.picture": "Picture {number} of the set",
  "watch.fetching": "Fetching the pictures …",
  "watch.opening": "Opening …",
  "watch.nothing": "No picture could be read from that. PNG, JPEG, WebP and GIF are fine, and packs that were saved here.",
  "watch.noImages": "This pack has no training pictures, so there is nothing to learn from.",
  "watch.views": "Who learns",
  "watch.both": "both",
  "watch.near": "short-sighted",
  "watch.far": "sees all",
  "watch.halves": "two halves",
  "watch.shortSighted": "Short-sighted",
  "watch.shortSightedAbout": "each pixel sees 13 × 13",
  "watch.seesAll": "Sees all",
  "watch.seesAllAbout": "each pixel sees all",
  "watch.firstHalf": "First half",
  "watch.firstHalfAbout": "sees all, learns from one half",
  "watch.secondHalf": "Second half",
  "watch.secondHalfAbout": "sees all, learns from the other",
  "watch.learn": "Learn",
  "watch.pause": "Pause",
  "watch.goOn": "Go on",
  "watch.over": "Start over",
  "watch.ready": "Ready. Nobody knows anything yet.",
  "watch.tooFew": "Two halves need two pictures at least. Take more.",
  "watch.learning": "Both learn from the same {n} pictures.",
  "watch.learning.one": "Both learn from one and the same picture.",
  "watch.learningOne": "It learns from {n} pictures.",
  "watch.learningOne.one": "It learns from one picture.",
  "watch.learningHalves": "Each learns from {n} pictures that the other never sees.",
  "watch.learningHalves.one": "Each learns from one picture that the other never sees.",
  "watch.paused": "Paused at step {step}.",
  "watch.goesOn": "It goes on where it stopped.",
  "watch.begun": "{title}: the copying has begun. After {step} steps, {copies} of {of} samples are copies.",
  "watch.allSteps": "All {steps} steps are taken.",
  "watch.cameToCopy": "{title}: {copies} of {of} are copies; it began after {step} steps.",
  "watch.cameToNone": "{title}: no copy among {of}.",
  "watch.cameToFew": "{title}: {copies} of {of} are copies.",
  "watch.agreed": "The two halves: r = {r}; two samples that share no noise come to {floor}.",
  "watch.samples": "{title}: samples from noise that stays the same",
  "watch.sampleWaiting": "Sample {n}: not drawn yet",
  "watch.sample": "Sample {n}, nearest to picture {number}",
  "watch.sampleCopy": "Sample {n}, a copy of picture {number}",
  "watch.machineWaiting": "What the theory foretells for sample {n}: not drawn yet",
  "watch.machinePicture": "What the theory foretells for sample {n}",
  "watch.nearWaiting": "The picture nearest to sample {n}: not known yet",
  "watch.nearPicture": "Nearest to sample {n}: picture {number}",
  "watch.machineOf": "what the theory foretells",
  "watch.nearOf": "nearest in the set",
  "watch.nothingYet": "Nothing drawn yet",
  "watch.noCopies": "No copies",
  "watch.copies": "{copies} of {of} are copies",
  "watch.allCopies": "All {of} are copies",
  "watch.likeness": "r = {r}, as if a pixel saw {k} × {k} (any two: {floor})",
  "watch.likenessAll": "r = {r}, as if a pixel saw all (any two: {floor})",
  "watch.onGraphics": "on the graphics device",
  "watch.pace": "Step {step} · {rate} pictures a second · {seconds} s left",
  "watch.step": "Step {step}",
  "watch.back": "Look back",
  "watch.verdict": "{title}: nearest is picture {number}, {percent} % away.",
  "watch.verdictCopy": "{title}: a copy of picture {number}, {percent} % away.",
  "watch.loss": "loss",
  "watch.share": "copies among twelve",
  "watch.withTheory": "r with what the theory foretells",
  "watch.window": "pixels a side that a pixel sees, by what fits best",
  "watch.between": "r of the two halves",
  "watch.copyingBegins": "copying begins",
  "watch.across": "steps",
  "watch.curves": "Loss, copies and likeness over the steps.",
  "watch.curvesOf": "{title}: {copies} of {of} are copies, r = {r}.",
  "watch.save": "Save",
  "watch.saveOf": "Save this network as a pack: {title}",
  "watch.saved": "Saved as {file}: a pack with the network and its pictures. Open it here again, or unpack it on your own site.",
  "watch.taken": "Drawn with the pack, from noise that was never watched",
  "watch.takenPicture": "Picture {n}, drawn with the pack",
  "watch.takenAgain": "Draw others",

  // Memory takes its time
  "memory.title": "Memory takes its time",
  "memory.before": `
How long until it copies? It depends on how many pictures there are to learn by heart. The time until a network draws garments at all is nearly the same for few and for many;
the time until it copies grows with their number. In between lies the good time, in which it has learned what a boot is, and not yet these boots. More pictures make
that time longer: this is why large models can stop before they copy.`,
  "memory.after": `
Turn on <em>divided by the number of pictures</em>: if twice as many pictures take twice as long, the curves come to lie on each other.`,
  "memory.still": "To see the curves, allow JavaScript for this page.",
  "memory.caption": "The share of copies among 24 samples of the network that sees all, while it learns from 4, 8 or 16 ankle boots at an even pace.",
  "memory.each": "Divided by the number of pictures",
  "memory.measure": "Measure it here",
  "memory.stop": "Stop",
  "memory.pictures": "{n} pictures",
  "memory.recorded": "Recorded once, with",
  "memory.measuredHere": "Measured here, on your device.",
  "memory.measuring": "Learning from {n} pictures …",
  "memory.measuringAt": "{n} pictures: step {step} of at most {of}, {rate} pictures a second.",
  "memory.half": "Half of the samples are copies",
  "memory.halfAt": "with {n} pictures after {step} steps;",
  "memory.noneYet": "Half of the samples are not copies yet.",
  "memory.share": "copies",
  "memory.across": "steps",
  "memory.acrossEach": "steps for each picture",
  "memory.curves": "Share of copies over the steps, a curve for each number of pictures.",

  // Where it comes from
  "sources.title": "Where this comes from",

  // What may go wrong, by the code of the error
  "error.wasm-blocked": "This page’s rules forbid WebAssembly, and without it nothing can be learned here.",
  "error.wasm-unsupported": "This browser is too old to learn: it lacks WebAssembly with SIMD.",
  "error.worker-blocked": "The program that learns could not be started. Reload the page to try again.",
  "error.worker-lost": "The program that learns was ended by the browser, more than once. What was learned until then is still shown.",
  "error.out-of-memory": "There was not enough memory. Close other tabs, or take fewer pictures.",
  "error.learn-memory": "This would need more memory than a page may take. Take fewer pictures.",
  "error.learn-diverged": "The loss ran away. What was learned before is still shown; start over.",
  "error.network": "The code for learning could not be fetched: there is no network. Try again when there is one.",
  "error.code-missing": "The code for learning could not be fetched. The site may have changed, or there is no network: reload the page.",
};
