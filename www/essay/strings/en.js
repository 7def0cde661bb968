/**
 * Everything that the essay says, in English. To translate it, copy this file, translate the right-hand sides, and name the
 * new file in `tools/essay.mjs`. An empty line parts paragraphs; words in {braces} are filled in while the page runs.
 */

/** @type {Record<string, string>} */
export const strings = {
  // The page
  "page.title": "Where does the new picture come from? – Morphogen",
  "page.description": "Why do image models invent? An essay with live figures: a diffusion model and the theory that foretells it, running inside this page.",
  "page.language": "English",
  "page.skip": "Skip to the first chapter",
  "page.navigation": "Elsewhere",
  "page.studio": "Studio",
  "page.chapters": "Chapters",
  "page.heading": "Where does the new picture come from?",
  "page.lead": "A small program was shown sixty thousand photographs of clothes. Now it draws clothes that nobody ever made, and nobody told it how. On this page you take it apart, until you can point at a sleeve and say where it comes from.",
  "page.film": "Four rows of pictures. Each begins with pure noise on the left; from picture to picture a cat, a pullover, a strawberry and a boot come out of it.",
  "page.about": "Sixteen minutes, sixteen chapters. Every picture is computed while you read, on your own device. Nothing is sent anywhere.",
  "page.footer": 'Everything here runs on the same free code as the <a href="../">Studio</a>, where you can ask for any garment you like and look under the bonnet. Pictures: Fashion-MNIST, © 2017 Zalando SE, MIT licence; emoji: Noto Emoji, © Google, Apache 2.0 licence.',

  // All figures
  "frame.fetching": "Fetching the network (1 MB) …",
  "frame.fetchingEmoji": "Fetching the network that draws emoji (4 MB) …",
  "frame.guess": "Guess first.",
  "frame.skip": "Just show me",
  "frame.guessed": "Your guess: {guess}.",
  "frame.unavailable": "This figure could not be fetched. Reload the page to try again.",
  "frame.unknown": "There is no figure of this name. There are: {names}.",
  "frame.copyLink": "Copy a link to this",
  "frame.embed": "Embed this figure",
  "frame.present": "Present it",
  "frame.copiedLink": "Copied: the link leads here, to the figure as it stands now.",
  "frame.copiedEmbed": "Copied: lines of HTML that show this figure on any page.",
  "frame.selected": "Selected; copy it with the keyboard.",
  "frame.shared": "To be copied",

  // 1
  "noise.title": "From noise",
  "noise.before": `
Take a picture and spoil it. Nudge the colour of every pixel a little, at random, then a little more, until all that is left is
<dfn>noise</dfn>: pixels that mean nothing. This direction is easy. Anybody can ruin a picture.

A <dfn>diffusion model</dfn> learns the way back. Inside it is a <dfn>neural network</dfn>: some millions of numbers, adjusted
again and again until they are good at one game. The network is shown a noisy picture, is told how noisy it is, and has to guess
the clean picture behind it. Whatever plays this game is called a <dfn>denoiser</dfn>.

To draw, you start with pure noise, ask for a guess, move a small step towards it, and ask again. Twenty steps will do. Try both
directions: slide noise in, or scribble some with the brush, and let the network take it away.`,
  "noise.after": `
With a little noise, the network finds the picture again. With a lot, it finds <em>a</em> picture: another one, which nobody ever
drew. It made that up. How can it?

To find out, we go on with clothes, small and grey: there every question can be computed to the end, on your device. Colour comes back in
chapter 10.`,
  "noise.caption": "Noise goes in from left to right on the slider; the network takes it out in twenty steps. Scribbled pixels count as pure noise, and the network fills them in from what is around them. The network for emoji has 4 MB; it is fetched when you first ask it.",
  "noise.still": "A cat’s face, and beside it what the network found behind the noise.",
  "noise.subject": "Picture",
  "noise.emoji": "emoji, in colour",
  "noise.pullover": "pullover, in grey",
  "noise.waiting": "Nothing here yet",
  "noise.noise": "Noise",
  "noise.heal": "Take the noise away",
  "noise.restore": "Start over",
  "noise.another": "Another picture",
  "noise.brush": "scribble here",
  "noise.keys": "The arrow keys move the brush, the space bar scribbles.",
  "noise.guess": "the network’s guess",
  "noise.original": "the original",
  "noise.picture": "The picture with {percent} % noise",
  "noise.clean": "No noise: a training picture as it is. Slide, or scribble on it.",
  "noise.noisy": "Noise: {percent} %. The picture is still in there. Let the network look for it.",
  "noise.nothing": "Noise: {percent} %. Next to nothing of the picture is left. Whatever the network finds now, it makes up.",
  "noise.scribbled": "{n} pixels are pure noise now. The network has to fill them in from the rest.",
  "noise.nothingToDo": "There is no noise to take away. Slide some in, or scribble.",
  "noise.found": "It found the picture again: on average a pixel is off by {levels} of 255 shades.",
  "noise.nearly": "It found nearly the same picture: on average a pixel is off by {levels} of 255 shades.",
  "noise.invented": "It found another picture: on average a pixel is off by {levels} of 255 shades. This one is made up.",

  // 2
  "copies.title": "The paradox",
  "copies.before": `
What would the best denoiser in the world do? Say that the only clean pictures there are, are the six hundred it
learned from. Then “What is behind this noise?” has an exact answer. Every training picture gets a vote, and the closer it is
to what you see, the heavier its vote. The best guess is the average of all pictures, weighted by their votes. (Papers
call it the <dfn>posterior mean</dfn>.)

This is a formula. It needs no training, and on these pictures nothing can beat it. It will draw twenty times, from twenty
different noises. What do you expect?`,
  "copies.after": `
Every one is a copy, to the last pixel. It cannot be otherwise: as the noise fades, one training picture takes all the votes.

So here is the paradox. A model that had learned its lesson <em>perfectly</em> could only copy. If real models give us something
new, it is because they fall short of perfection. The interesting question is: in which way?

Not all of them fall short. A network with much room and few pictures learns them by heart; with many pictures it stops copying and begins to
invent (Kadkhodaie and others, 2024). Large models do both: researchers have drawn training pictures out of them almost
unchanged, photographs of real people among them, mostly such as the model had been shown many times over (Carlini and others, 2023).`,
  "copies.ask": "Here are the six hundred sneakers that it knows. What will the best denoiser draw?",
  "copies.guess-new": "new sneakers",
  "copies.guess-average": "blurry averages",
  "copies.guess-copies": "copies",
  "copies.answer": "It drew copies, all twenty times.",
  "copies.wallFirst": "{n} sneakers, all that this machine knows.",
  "copies.caption": "Above, twenty samples of the ideal machine; below, the training pictures. Each sample flies to the picture that it is. Choose a sample to compare the two.",
  "copies.still": "Twenty drawn shoes above a wall of six hundred training pictures, twenty of which are outlined: the same shoes.",
  "copies.waiting": "Not drawn yet",
  "copies.samples": "Twenty samples",
  "copies.sample": "Sample {n}",
  "copies.wall": "All six hundred training pictures",
  "copies.drawn": "drawn",
  "copies.training": "in the training set",
  "copies.picture": "Training picture {number}",
  "copies.again": "Draw twenty more",
  "copies.drawing": "The ideal machine draws twenty pictures …",
  "copies.difference": "Sample {n} and training picture {number}. In the pixel where they differ most, they are {levels} of 255 shades of grey apart.",
  "copies.copies": "{copies} of {of} are training pictures. The greatest difference in any pixel of any of them: {levels} of 255 shades of grey.",

  // 3
  "locality.title": "Short-sighted",
  "locality.before": `
Networks for pictures are mostly built of <dfn>convolutions</dfn>. A convolution looks at a small patch around each pixel; a stack of them looks at
patches of patches. So each pixel of the guess depends on a window around it, and hardly on anything outside. The network is
short-sighted. The word for this is <dfn>locality</dfn>.

Let us give our copying machine this one flaw. Now every pixel holds a vote of its own, and judges the training pictures only by the
window around itself. Its neighbour may come to another result. Slide the window from three pixels to the whole picture. The
noise always stays the same.`,
  "locality.after": `
On the right, a copy. On the far left, soup: pixels that know next to nothing of each other settle on nothing together. In between, every
neighbourhood is true to some training picture, but different neighbourhoods follow different ones, and the whole has never
existed before. Nobody told the machine to be original. It simply cannot see far enough to copy.

Where is it most alive? There is no formula for that. Trust your eyes.

Are the convolutions to blame? Lukoianov and others (2025) say no, and show why: in most pictures, a pixel has more to do with its neighbours than
with anything far away. Even a plain filter that is free to look everywhere learns to look nearby. So it may be the pictures that teach
short sight, whatever the network is built of. Our machine works either way: it asks how far the network sees, not why. In chapter 7 both
windows can be laid over a picture, the one that was measured on the network and the one that the pictures suggest.`,
  "locality.caption": "The same noise, drawn by machines with windows from 3 × 3 pixels to everything. The bars say how far each picture is from the training picture nearest to it: no bar, a copy.",
  "locality.still": "Fourteen pullovers from the same noise. The first are mottled, the middle ones are patched together, the last are copies.",
  "locality.waiting": "Not drawn yet",
  "locality.window": "Each pixel sees",
  "locality.sees": "{k} × {k} pixels",
  "locality.everything": "everything",
  "locality.all": "The same noise with every window",
  "locality.drawn": "the machine’s picture",
  "locality.nearest": "the nearest training picture",
  "locality.another": "Other noise",
  "locality.drawing": "Drawing with fourteen windows …",
  "locality.picture": "Picture of the machine that sees {window}",
  "locality.training": "Training picture {number}",
  "locality.soup": "Window: {window}. Too little to agree on anything: a patchwork of light and dark, {distance} away from the nearest training picture.",
  "locality.collage": "Window: {window}. A collage: the nearest training picture, number {number}, is {distance} away.",
  "locality.copy": "Window: {window}. A copy of training picture {number}: only {distance} away.",

  // 4
  "blindness.title": "Position-blind",
  "blindness.before": `
Convolutions have a second flaw. They do the same thing everywhere: one small rule slides over the whole picture, so it cannot know whether it is
in the upper left or the lower right. The word for this is <dfn>translation equivariance</dfn>: shift what goes in, and
what comes out is shifted, too.

For our machine this means that a pixel may be answered by a patch from <em>anywhere</em> in any training picture. A sleeve may show
up at a hem. Real networks do get one hint: beyond the edge of the picture they see zeros, so a pixel near the border can tell. That
makes three machines. One knows its place, one knows only the border, and one is lost altogether. Push the noise
sideways, and see who goes along.`,
  "blindness.after": `
The lost machine follows the noise pixel for pixel: it has no middle, no top, no idea of a pullover. It has patches.
The second is held in place by nothing but the four edges. Keep an eye on that one: it has both flaws of a network made of convolutions, and
nothing else of it.`,
  "blindness.ask": "All three have drawn from the same noise. Now it is pushed five pixels to the right. Which machine draws the same again, only shifted?",
  "blindness.guess-none": "none of them",
  "blindness.guess-place": "the one that knows its place",
  "blindness.guess-border": "the one that knows the border",
  "blindness.guess-lost": "the lost one",
  "blindness.answer": "It was the lost one, and no other.",
  "blindness.caption": "Three machines, one noise, before and after a push. What leaves on one side comes in again on the other.",
  "blindness.still": "The pictures of three machines, before and after the noise was pushed: only the last, a tangle of sleeves, has moved along.",
  "blindness.first": "before",
  "blindness.second": "after",
  "blindness.waiting": "Not drawn yet",
  "blindness.push": "Push the noise to the right",
  "blindness.pixels": "by {n} pixels",
  "blindness.pixels.one": "by one pixel",
  "blindness.noise": "The noise, pushed to the right by {n} pixels",
  "blindness.source": "the noise",
  "blindness.local": "knows its place",
  "blindness.bbels": "knows the border",
  "blindness.els": "is lost",
  "blindness.another": "Other noise",
  "blindness.drawing": "drawing …",
  "blindness.working": "Three machines draw from this noise …",
  "blindness.picture": "Picture of the machine that {machine}",
  "blindness.pictureAfter": "Picture of the machine that {machine}, after a push of {n} pixels",
  "blindness.follows": "It went along.",
  "blindness.changes": "It drew something else.",
  "blindness.seen": "All three see {k} × {k} pixels.",
  "blindness.ready": "All three see {k} × {k} pixels. Now push the noise.",
  "blindness.pushed": "Pushed by {n}. The lost machine’s picture has moved along: it differs from the first one, moved, by {levels} of 255 shades of grey at most. The other two had to think again.",

  // 5
  "prediction.title": "The prediction",
  "prediction.before": `
Now for the test. The machine with the two flaws is a formula. Nothing in it was trained; all that it takes from the network is how far the
network sees at each step, measured once. If these flaws are
what makes networks inventive, it should foretell what a trained network draws. Not the style: the very picture, noise by
noise. The number that fixes the noise is called the <dfn>seed</dfn>.

To measure likeness we take <dfn>Pearson’s r</dfn>: 1 means the same picture up to brightness and contrast, 0 means nothing in common. It needs a
floor to stand on. Any two pullovers are a little alike: two pictures of the UNet that share the garment, but not the noise, come to {floorUnet}. What
lies well above that is more than “it is a pullover, too”.

Each dot is one seed. Its height tells how well the machine with the flaws matches the network; its place from left to right, how well
the perfect copier does. Above the slanted line, the flaws explain more than memory. A hundred seeds are known already and stand there in grey. Press
one, and it is drawn again here; or take a seed that nobody has tried.`,
  "prediction.after": `
Over a hundred seeds and all ten garments, the middle value of r is {machineUnet} for the UNet and {machineResnet} for the ResNet, which sees least. The
copier reaches {copierUnet} and {copierResnet}, two unrelated pictures {floorUnet} and {floorResnet}. None of the hundred comes down to the floor of its garment. A formula from the year 2025 foretells
most of what these networks “imagine”.

It also fails, and it is worth looking where. With <dfn>attention</dfn>, layers through which every pixel can ask every other, a network is no longer
short-sighted, and r falls to {machineAttention}. And in fairness: on pictures as small and soft as these, a plain
linear filter (the <dfn>Wiener filter</dfn>) does nearly as well for the UNet, {wienerUnet}. For the ResNet it gets {wienerResnet}.

The filter has the opposite virtues: it sees the whole picture, but knows only what is usual, nothing of single pieces. So take
the mean of both guesses at every step, and, once the noise thins, let each window speak for all the pixels that it covers, not for its middle alone. The blend foretells the UNet with {blendUnet} and the network with attention with {blendAttention}. How much
of it must be pieces is measured once for each network, and it says where the network stands: {shareResnet} % on average for the ResNet, {shareUnet} % for the
UNet, {shareAttention} % with attention. The less short-sighted a network is, the more it leans on what is usual. It shifts while a network learns, too: where the noise is thickest, a young network goes by pieces, an older one by the whole.
What the blend misses of the UNet is fine and lies mostly along edges; and half of it the network with attention draws just so. That half is no network’s whim: a better formula could say it.

And the other reading of short sight, from the end of chapter 3? A machine can go by it: each pixel stays in its place and sees what goes together with it in the training
pictures, whether near or far. No number in it was measured on any network. It foretells the network with attention with {pcaAttention} and the UNet with {pcaUnet}, but the
ResNet only with {pcaResnet}. So both readings have their place: a network that may look everywhere looks where it is worth it; one that cannot is held back by how it is
built.`,
  "prediction.caption": "Network and machine from the same noise, both in twenty steps. Grey dots are known beforehand, coloured ones were drawn here. Darker: the same garment. Dotted: its floor, what two pictures come to that share nothing else.",
  "prediction.still": "A cloud of dots, nearly all above the diagonal: the short-sighted machine matches the network better than the copier does.",
  "prediction.ask": "Same noise, twice: one picture is the network’s, the other was foretold by the formula. Which one did the network draw?",
  "prediction.guess-a": "A",
  "prediction.guess-b": "B",
  "prediction.right": "Right. The other one is the formula’s.",
  "prediction.wrong": "It was the other one. This one is the formula’s.",
  "prediction.twins": "Two pictures of the same kind ({what}), from the same noise.",
  "prediction.t-shirt": "T-shirt",
  "prediction.trouser": "trousers",
  "prediction.pullover": "pullover",
  "prediction.dress": "dress",
  "prediction.coat": "coat",
  "prediction.sandal": "sandal",
  "prediction.shirt": "shirt",
  "prediction.sneaker": "sneaker",
  "prediction.bag": "bag",
  "prediction.ankle-boot": "ankle boot",
  "prediction.waiting": "Not drawn yet",
  "prediction.network": "Network",
  "prediction.unet": "UNet",
  "prediction.resnet": "ResNet",
  "prediction.attention": "with attention",
  "prediction.plot": "One dot for each seed; the arrow keys go from dot to dot",
  "prediction.across": "r of copier and network",
  "prediction.upward": "r of machine and network",
  "prediction.machine": "Foretold by",
  "prediction.by-bbels": "the machine",
  "prediction.by-blend": "half machine, half average",
  "prediction.drawn": "the network drew",
  "prediction.foretold": "the machine foretold",
  "prediction.drawnBy": "Drawn by the network ({network}) from seed {seed}",
  "prediction.foretoldFor": "Foretold by the machine for seed {seed}",
  "prediction.worst": "Show the worst",
  "prediction.more": "A seed nobody has tried",
  "prediction.drawing": "{network}, {what}: the network draws, the machine foretells …",
  "prediction.dot": "Seed {seed}, drawn here: r = {r} for the machine, {copy} for the copier",
  "prediction.knownDot": "Seed {seed}, known: r = {r} for the machine, {copy} for the copier",
  "prediction.chosen": "Seed {seed} ({what}): r = {r} for the machine, {copy} for the copier.",
  "prediction.again": "As known before: {known}.",
  "prediction.floor": "Two unrelated pictures of this garment come to {floor}.",
  "prediction.floorLine": "floor ({what})",

  // 6
  "learning.title": "While it learns",
  "learning.before": `
So far the networks came ready-made. How do they come by their habits? Watch two of them learn. Each begins with numbers that were drawn by lot, and plays
the game of the first chapter: a picture under noise, a guess, a small correction, and the next. Nobody asks it to invent, and nobody forbids it to copy.

Both were shown the same eight ankle boots, again and again. They differ in one thing. In the short-sighted one, each pixel sees 13 × 13 pixels around it; in
the other, it sees the whole picture.`,
  "learning.after": `
They begin alike: noise, smudges, something like a boot. Then they part. The one that sees all plays better and better, until it knows the eight by heart. On its
way from ignorance to memory it becomes the perfect copier of chapter 2. The other stays with its mixtures, as the machine with the flaws would: it sees too little
to tell which boot it is in. It is no more modest than the first; it only sees less.

A network that sees all need not end like this. The more pictures it has to learn by heart, the longer that takes, and whoever stops before is left with
inventions. <a href="../learn.html">Train both yourself, in this browser: on one boot, on six hundred, or on pictures of your own.</a>`,
  "learning.caption": "What two networks drew from the same noise, at twelve moments, as recorded once. A copy is nearer to one of the eight than a third of the way to the next. The loss is how far off their guesses are.",
  "learning.still": "Eight pictures each of two networks after 1,500 steps: mixtures of boots on the left, copies of the boots above on the right.",
  "learning.set": "the eight boots that both were shown",
  "learning.near": "short-sighted",
  "learning.far": "sees all",
  "learning.sample": "Picture {n} of the network: {who}",
  "learning.picture": "Boot {number} of the eight",
  "learning.moment": "After so many steps",
  "learning.step": "{step} steps",
  "learning.play": "From the beginning",
  "learning.untaught": "knows nothing yet",
  "learning.found": "{copies} of {of} are copies; loss {loss}",
  "learning.beginning": "Before the first step. Neither knows anything, and what they draw is noise.",
  "learning.none": "After {step} steps. Neither of them copies.",
  "learning.some": "After {step} steps. The one that sees all copies {far} times out of {of}, the short-sighted one {near} times.",
  "learning.someAlone": "After {step} steps. The one that sees all copies {far} times out of {of}, the short-sighted one not once.",

  // 7
  "origins.title": "Where did this pixel come from?",
  "origins.before": `
The machine runs on votes, so we can ask who won. For every pixel there is one training patch that weighed most. Give each training picture a colour, paint every
pixel in the colour of its winner, and the drawing turns into what it is: a mosaic. Point at a tile to pull out the picture
that it was cut from.`,
  "origins.after": `
While the window is wide, a few pictures hold large territories. As it narrows, they break up into hundreds, and single votes hardly count: in a window
of three pixels, smooth cloth looks the same everywhere.

Switch on <em>which pixels go together</em>, and a second outline appears. It knows nothing of any network: it surrounds the pixels that vary with yours from
pullover to pullover, as the plain filter weighs them. Often it has a second part on the other side: pullovers are symmetric, so a pixel’s twin over there tells more than
a stranger nearby. Both outlines shrink as the noise goes, and neither was told of the other. The square is how far the network looks; the ragged patch is where it
would be worth looking.

This is what <em>new</em> means here. No piece is invented; the arrangement is. And since the network draws
almost the same picture, the mosaic is a fair guess at where <em>its</em> pixels come from, too. Whether that is craft or theft is worth an
argument. Now you can have it with numbers.`,
  "origins.caption": "Left, the machine’s picture and its mosaic. Point, tap, or walk with the arrow keys: on the right is the training picture whose patch weighed most for that pixel.",
  "origins.still": "A pullover as a mosaic of coloured tiles, and beside it one of the training pictures that it is made of.",
  "origins.waiting": "Not drawn yet",
  "origins.mosaic": "as a mosaic",
  "origins.together": "which pixels go together",
  "origins.looking": "Looking for pixels that go together …",
  "origins.joined": "Going by the training pictures alone, it would see {n} pixels: those that vary with it.",
  "origins.joined.one": "Going by the training pictures alone, it would see itself and nothing else.",
  "origins.step": "At step",
  "origins.stepOf": "{n} of {of}",
  "origins.sources": "The training pictures with the most pixels",
  "origins.another": "Another pullover",
  "origins.keys": "The arrow keys choose a pixel.",
  "origins.picture": "The machine’s picture at step {n} of {of}",
  "origins.training": "training picture {number}",
  "origins.won": "Training picture {number}: {n} pixels",
  "origins.drawing": "The machine draws, and keeps the votes …",
  "origins.pixel": "The pixel in row {row}, column {column} saw {k} × {k} pixels. The patch that weighed most is from training picture {number}, with {share} % of the vote.",
  "origins.distinct": "At step {step}, {n} training pictures win somewhere in this one picture.",
  "origins.distinct.one": "At step {step}, a single training picture wins everywhere.",

  // 8
  "uturn.title": "There and back",
  "uturn.before": `
A picture can be sent into the noise and called back. Take a real sneaker, add noise up to some point, turn round, and let the network take the noise out again. Nobody tells it what it was. Turn
early, and the same shoe comes back, with a few details changed. Go all the way, and the network draws what the dice say. Somewhere in between the shoe is lost.

Where? Sclocchi, Favero and Wyart (2025) foretold it, and found it in photographs: details go little by little, but the kind of thing goes at once, at one sharp point. Here a garment goes that way
eight times, each time with other noise.`,
  "uturn.after": `
With {noiseEarly} % noise, {keptEarly} of a hundred garments come back as the kind that they were. At {noiseHalf} % it is {keptHalf}, and from pure noise {keptLast}, which is no better than drawing lots. So the
kind is lost, but here it is no sharp point: shirts begin to turn into T-shirts, pullovers and coats early, sandals hold out. Ask for families instead, whether it is worn above the waist or below, a shoe or a bag, and
there is more of a cliff: at {noiseFamily} % noise {familiesFamily} of a hundred have kept theirs, and only then they fall. What is most general is lost last. So on the way out of the noise it
is settled first, and the details come at the end.

And something always comes along. At {noiseStranger} % noise, pictures that came back as another kind still have r = {ownStranger} with the very picture that they had been, and only
{otherStranger} with another one of its kind. Light and dark, a width, a slope have stayed where they were, and have been put to another use.`,
  "uturn.caption": "A training picture goes up to the chosen noise and comes back in twenty steps, by the network that is told no garment. The curves were recorded: 400 training pictures, 40 of each garment, each sent there and back once at each of twelve points. Whether the kind is the same says a judge, a network that was trained to tell garments apart. Forty are few: a share of one garment may be off by 8 of a hundred, or by 15.",
  "uturn.still": "A sneaker, the same under noise, and eight pictures that came back: most are shoes. Below, curves that fall with the noise.",
  "uturn.waiting": "Not drawn yet",
  "uturn.kind": "Garment",
  "uturn.start": "a training picture",
  "uturn.training": "Training picture {number}: {kind}",
  "uturn.noised": "with {percent} % noise",
  "uturn.back": "and back: the same picture, eight times with other noise",
  "uturn.returned": "What came back, {n} of 8",
  "uturn.turn": "Turn round at",
  "uturn.noise": "{percent} % noise",
  "uturn.another": "Other noise",
  "uturn.picture": "Another picture",
  "uturn.drawing": "Into the noise and back …",
  "uturn.recorded": "Turned round at {percent} % noise. As recorded, {own} % came back as the kind they had been (here: {kind}); of all garments {all} % kept their kind, {family} % their family. Nobody judges the eight above but you.",
  "uturn.chart": "How many kept their kind, and how many their family, by where they turned round",
  "uturn.chartY": "came back as what they were",
  "uturn.chartX": "turned round at t",
  "uturn.all": "all kinds together",
  "uturn.family": "the same family: above the waist, trousers, shoes, bags",

  // 9
  "fingers.title": "Extra fingers",
  "fingers.before": `
Image models are notorious for hands with six fingers. Our small network knows no hands, but it has the same illness: trousers with three
legs. The theory says how that happens.

While the noise is strong, each pixel needs the whole picture to make out anything, and its window is wide. As the noise fades, the window
shrinks. From some step on, the left side no longer sees the right side. What the two have not settled by then
is hard to settle later. Each side goes on and does its own work well.`,
  "fingers.after": `
How often does it happen? We counted legs at the hem. Of {looked} trousers from the ResNet, whose pixels never see
more than 15 × 15 pixels, {legsResnet} have more than two. Of as many from the UNet, which starts with almost the whole picture in view, none. Of {real} real ones, one;
it shows two pairs.

Look closely and no detail is wrong. Every leg is a good leg. Only the sum is wrong, and no pixel was in a position to add up. The cure is known, too:
larger networks give every pixel a long arm (attention), and slips of this kind become rarer.`,
  "fingers.caption": "Samples of the trained network, not of the machine. The frame is the window of a pixel at that step, as measured for this network.",
  "fingers.still": "Trousers with three legs, and a frame that is too small to hold two of them.",
  "fingers.waiting": "Not drawn yet",
  "fingers.suspects": "what the network suspects at this step",
  "fingers.step": "Step",
  "fingers.stepOf": "{n} of {of}",
  "fingers.finds": "Finds, by seed",
  "fingers.find": "{what}, {network}, seed {seed}",
  "fingers.unet": "UNet",
  "fingers.resnet": "ResNet",
  "fingers.trouser": "trousers",
  "fingers.search": "Search on",
  "fingers.stop": "Stop searching",
  "fingers.drawing": "The network draws …",
  "fingers.picture": "The network’s guess at step {n} of {of}",
  "fingers.windowNow": "At step {n} each pixel of the guess depends on about {now} × {now} pixels: the frame. It is drawn around the outermost leg.",
  "fingers.parted": "{count} legs stand side by side, the outermost {distance} pixels apart. At step {step} the window shrank to {k} × {k}, so a pixel sees {reach} to each side. From then on the outer legs knew of each other by hearsay only, from neighbour to neighbour.",
  "fingers.never": "{count} legs stand side by side, the outermost {distance} pixels apart. Even at the first step the window is only {k} × {k}, so a pixel sees {reach} to each side. The outer legs knew of each other by hearsay only, from neighbour to neighbour.",
  "fingers.sound": "By our count, nothing is wrong here: {count} legs.",
  "fingers.looked": "Looked at {looked} more seeds, found {n}. (Of the {of} training pictures, {odd} has that many legs: two pairs in one picture.)",

  // 10
  "mixing.title": "Two words in one picture",
  "mixing.before": `
If a guess at a pixel looks only at what is around it, then different parts of a picture can be told different things. In every step we ask the network
twice, once for a cat and once for a top hat. Above a line we follow the second guess, below it the first. Nobody trained the network on cats with hats, and
nobody shows it where the hat begins. Near the line each pixel sees some of both, and makes the ends meet.

The picture beside it says what the words did. At every step each word pulls each pixel away from what the network would have guessed without words. Add up how far, and
paint every pixel in the colour of the word that pulled it further: a map of who drew what.`,
  "mixing.after": `
A hat needs to know little of the cat: only where the head is, and that is next door. So it works, and so does half a bicycle that rolls on as half a car. A face is
another matter. Two eyes must be a pair, and half a cat beside half an owl makes a face in which nobody is at home: what the halves must agree on lies far apart. It is the trousers
with three legs again.

One can say this exactly. Guesses may be added up (Liu and others, 2022), and the sum is what one hopes for as long as each word has its own part of the picture and leaves the rest
alone (Bradley and others, 2025). That is short sight once more, towards pixels and towards words (Bradley, 2025): mixing puts it to use, and ends where it ends.`,
  "mixing.caption": "Left, the picture; right, each pixel in the colour of the word that moved it more on its way out of the noise; the paler, the less. The network draws emoji of 64 × 64 pixels. It was trained with one thing in each picture. It has a little attention, so it sees further than the networks before.",
  "mixing.still": "A cat with a top hat, and beside it a map in two colours: the hat’s above, the cat’s below.",
  "mixing.waiting": "Not drawn yet",
  "mixing.asked": "This figure needs a second network, of 4 MB. It is fetched when you press.",
  "mixing.begin": "Draw it here",
  "mixing.another": "Another one",
  "mixing.drawing": "The network draws, asked for two things …",
  "mixing.edge": "Edge",
  "mixing.pair": "Two words",
  "mixing.hat": "cat, top hat",
  "mixing.wheels": "bicycle, car",
  "mixing.faces": "cat, owl",
  "mixing.cat": "cat",
  "mixing.top-hat": "top hat",
  "mixing.bicycle": "bicycle",
  "mixing.car": "car",
  "mixing.owl": "owl",
  "mixing.picture": "What came of “{first}” and “{second}”",
  "mixing.map": "The map: where “{first}” and where “{second}” moved the pixels more",
  "mixing.moved": "On its side of the edge, “{second}” moved {there} % of the pixels most; on the other side “{first}” moved {here} %.",
  "mixing.hatSays": "Where both meet, each gives way a little.",
  "mixing.wheelsSays": "Two machines, one axle: at the seam the pixels only have to agree with their neighbours.",
  "mixing.facesSays": "Every part is fine, and yet it is no face: its halves were told different things, and had to agree across a distance.",

  // 11
  "words.title": "Which word paints which pixel?",
  "words.before": `
Now the other way round: several words for one picture. Who paints what? Take a word away and look. At every step the network is asked twice about the very same
noisy picture, once with all words and once with one missing. Where both guesses agree, the word had nothing to say. Where they differ, it had. Add up the
differences, and each word has a map.`,
  "words.after": `
Some words keep to their place: the sunglasses to the eyes, the mask to the mouth. Others have none: “red” lies evenly on the whole fruit. And some hold everything together: an arrow
without its heart is, among emoji, a sign on a blue square, so hardly a pixel stays.

The map of the last chapter said which word pulled harder. These say what the guess would lack, which is not quite the same as what the word means. But it is the question on which mixing hangs
(Bradley, 2025): can a pixel do without most of the words? Where it can, words may be put together that never were before. Where it cannot, the mix falls apart.

Move the slider, and you see when words are heard. More than half of the change falls into the first two of eight steps. After that, the picture itself says what it is.`,
  "words.caption": "Above, what comes of all words and of all but one: the whole picture, or the guess at one step. Below, a map for each word: the redder a pixel, the more the guess at it changes when the word is left out. Both maps have one scale, which is chosen anew for each position of the slider.",
  "words.still": "A smiling face with sunglasses, the same face without them, and two maps: one word is at work on the face, the other where the glasses are.",
  "words.waiting": "Not drawn yet",
  "words.asked": "This figure draws with the network for emoji, of 4 MB. It is fetched when you press, unless it is here.",
  "words.begin": "Draw it here",
  "words.another": "Another one",
  "words.drawing": "The network draws, and is asked again without each word …",
  "words.prompt": "Words",
  "words.step": "Step",
  "words.all": "all together",
  "words.stepOf": "{n} of {of}",
  "words.maps": "A map for each word; press one to look closer",
  "words.map": "Where the guesses change without “{word}”",
  "words.without": "without “{word}”",
  "words.drawn": "with all words",
  "words.lesser": "without “{word}”, same noise",
  "words.guess": "the guess at step {n}",
  "words.lesserGuess": "the guess without “{word}”",
  "words.found": "Without “{word}” the guess changes by {first} of 255 shades on average at the first step, by {last} at the last. The quarter of the pixels that change most has {share} % of all change.",
  "words.smiling-face": "smiling face",
  "words.sunglasses": "sunglasses",
  "words.face": "face",
  "words.medical-mask": "medical mask",
  "words.heart": "heart",
  "words.fire": "fire",
  "words.red": "red",
  "words.apple": "apple",
  "words.arrow": "arrow",
  "words.sunglassesSays": "“Sunglasses” keeps to the glasses. “Smiling face” has the rest and leaves the lenses alone.",
  "words.maskSays": "“Medical mask” is at work where the mouth would be.",
  "words.fireSays": "The words differ over the outline: one wants round shoulders, the other flames. Inside they nearly agree.",
  "words.appleSays": "“Red” lies on the whole fruit and hardly touches the ground around it. “Apple” has the shape, and so the ground as well.",
  "words.arrowSays": "Here a word has no place of its own: without “heart” the network thinks of an arrow on a blue square, and nearly every pixel changes.",

  // 12
  "guidance.title": "Guidance taken apart",
  "guidance.before": `
One trick is behind nearly every picture of a large model. Ask the network twice, once for the garment and once for anything at all, and do not stop at the first guess: go on, away from
the second. This is called <dfn>guidance</dfn> (Ho and Salimans, 2022). It makes a picture more like what was asked for. What exactly does it add?

Of a network nobody can say. Of the plain filter from chapter 5 one can (Li and others, 2025). A kind of garment differs from all the others in two ways: in its average, and in how its pictures
vary around it. So what guidance adds falls into two parts that add up to the last digit. The <dfn>shift</dfn> comes of the averages alone. The <dfn>contrast</dfn> comes of the ways to vary: it
strengthens what tells pictures of this kind apart, and weakens what only tells others apart.`,
  "guidance.after": `
The shift is a single picture, the same for every noise. It rules the first steps, makes the garment more typical, and runs dry. From the fifth step or so there is more contrast than shift:
edges become harder, and the picture less typical again. Turn the guidance up, and the contrast burns it.

Is it the same in a network? At the first step nearly so: what guidance adds to its guess and to the filter’s has r above 0.9 for each of the four garments. At the third step r is about 0.8. From the
middle on they have little in common, about 0.2: by then the network hardly needs its guidance, while the filter goes on and on. Li and others found the same in larger networks. The account holds where
outlines are settled, and not where details are.`,
  "guidance.caption": "Linear denoisers: the filter of one garment, and that of all ten. Above, the guess at a step of the picture without guidance, what both parts add to it for each unit above 1, in grey, twice as strong (grey means nothing, lighter and darker what is added or taken), and the sum. Below, the same noise drawn to the end in four ways.",
  "guidance.still": "Trousers: a guess, the shift and the contrast that guidance adds, and the guided guess; below, the same noise drawn with none of both, with either, and with both.",
  "guidance.waiting": "Not drawn yet",
  "guidance.asked": "This figure needs pictures of all ten garments, 2.7 MB. They are fetched when you press, as far as they are not here.",
  "guidance.begin": "Draw it here",
  "guidance.another": "Other noise",
  "guidance.fetching": "Fetching pictures of all garments; from them comes the filter that knows no kind …",
  "guidance.drawing": "Four pictures from one noise: step {n} of {of} …",
  "guidance.kind": "Garment",
  "guidance.step": "Step",
  "guidance.stepOf": "{n} of {of}",
  "guidance.strength": "Guidance, in all",
  "guidance.noneAtAll": "1 (none)",
  "guidance.now": "What guidance adds at a step",
  "guidance.ends": "What comes of it in the end, from the same noise",
  "guidance.guess": "the guess",
  "guidance.shift": "+ shift",
  "guidance.contrast": "+ contrast",
  "guidance.guided": "the guided guess",
  "guidance.none": "no guidance",
  "guidance.byShift": "shift alone",
  "guidance.byContrast": "contrast alone",
  "guidance.both": "both",
  "guidance.picture": "{what}, at step {n}",
  "guidance.found": "Step {n}, {percent} % noise: for each unit of guidance the shift moves a pixel by {shift} of 255 shades, the contrast by {contrast}.",
  "guidance.early": "Here guidance pushes towards the average of the kind, and the push is the same whatever the noise.",
  "guidance.middle": "Here both weigh about the same.",
  "guidance.late": "Here the average is settled. What is added now are differences within the kind, and they depend on the noise.",

  // 13
  "turing.title": "Bottom up",
  "turing.before": `
In 1952 Alan Turing asked how an embryo, a ball of cells that are all alike, comes to have a pattern. His answer needs two substances,
which he called <dfn>morphogens</dfn>. They react with each other, and one spreads faster than the other. Every cell follows the same rule and
knows only its neighbours. And yet spots and stripes appear, at a spacing that no cell could measure. There is
no plan anywhere, only a local rule, the same in every place.`,
  "turing.after": `
Now say the same of a denoiser: a local rule, the same in every place, applied again and again to noise. Nobody holds the plan. What
grows is not spots but sleeves, because the rule was cut out of pullovers. Turing’s paper is called <em>The chemical
basis of morphogenesis</em>, the coming into being of shape. This page has its name from there.`,
  "turing.caption": "Two substances that react and spread, computed live; what leaves on one side comes in on the other. Paint into them. Let the substances spread four times as fast, and the pattern grows twice as wide: its spacing follows the square root, which Turing could compute before anybody saw it.",
  "turing.still": "Spots that divide and fill a square, from one spot in the middle.",
  "turing.system": "Rule",
  "turing.grayScott": "Eater and food",
  "turing.activator": "Activator and inhibitor",
  "turing.canvas": "A square of 128 by 128 cells; the darker, the more of the substance. Arrow keys move a brush, space paints.",
  "turing.play": "Go on",
  "turing.pause": "Pause",
  "turing.spot": "From one spot",
  "turing.noise": "From noise",
  "turing.fromSpot": "One spot in the middle, the same rule in every cell. It grows.",
  "turing.fromNoise": "Noise everywhere, the same rule in every cell. It sorts itself out.",
  "turing.measuring": "The ruler waits for a pattern …",
  "turing.even": "No pattern to measure yet.",
  "turing.apart": "about {cells} cells from one to the next",
  "turing.settled": "It has settled: stripes or spots about {cells} cells apart, after {steps} steps. No cell ever saw that far.",
  "turing.paused": "Paused after {steps} steps: stripes or spots about {cells} cells apart.",
  "turing.nothing": "Nothing is growing: with this rule everything evens out, or dies.",
  "turing.moved": "{place}: food flows in at {feed}, eaters fade at {kill}.",
  "turing.map": "Parameter map of eater and food",
  "turing.mapWords": "What grows where: touch the map",
  "turing.point": "Feed {feed}, kill {kill}: {place}",
  "turing.feed": "more food",
  "turing.kill": "eaters fade faster",
  "turing.places": "Places on the map",
  "turing.mazes": "Mazes",
  "turing.dividing": "Spots that divide",
  "turing.worms": "Worms",
  "turing.holes": "Holes",
  "turing.mortal": "Births and deaths",
  "turing.unrest": "Unrest",
  "turing.nameless": "No name",
  "turing.saturation": "How soon the activator has enough",
  "turing.spots": "late: spots",
  "turing.stripes": "in between: stripes",
  "turing.net": "early: a net",
  "turing.scale": "How fast both spread",
  "turing.times": "{scale} times as fast",
  "turing.times.one": "as usual",
  "turing.chart": "Spacing of settled patterns, in cells, against how fast the substances spread.",
  "turing.chartX": "How fast both spread",
  "turing.chartY": "Spacing of the pattern, in cells",
  "turing.chartRoot": "square root",

  // 14
  "pictures.title": "Your own pictures",
  "pictures.before": `
The formula does not care for clothes. Give it any handful of pictures, and it draws from them at once, with no training at all, here, on your
own device. Draw a few, drop some, or take a photograph that is cut into tiles. Then move the window, and find the place between soup
and copy for yourself. Your pictures do not leave this page.`,
  "pictures.after": `
If it copies you, widen the set or narrow the window. If it babbles, do the opposite. That one slider is most of what
this page has to say.

<a href="../learn.html">Or let a network learn from them, and watch it: from noise to pictures to copies.</a>`,
  "pictures.caption": "A machine made of the pictures above, on the spot. The slider goes from collage to copy; the colours of the mosaic say which picture each pixel owes most to. The pictures stay in this page.",
  "pictures.still": "A few drawn faces, and new ones that the machine has put together from them.",
  "pictures.set": "Begin with",
  "pictures.faces": "Faces",
  "pictures.houses": "Houses",
  "pictures.wall": "The set; touch a picture to take it away",
  "pictures.count": "{n} pictures of {width} × {height} pixels. Drop others here; a single photograph is cut into tiles.",
  "pictures.count.one": "One picture of {width} × {height} pixels. Drop others here; a single photograph is cut into tiles.",
  "pictures.shown": "The first {shown} are shown.",
  "pictures.left": "{n} files are left out: they could not be opened as pictures.",
  "pictures.left.one": "One file is left out: it could not be opened as a picture.",
  "pictures.most": "There are more; the set is the first {most}.",
  "pictures.open": "Open pictures or a pack …",
  "pictures.folder": "Open a folder …",
  "pictures.draw": "Draw one",
  "pictures.editor": "A picture to draw, pixel by pixel. Arrow keys move, space paints.",
  "pictures.mirror": "Mirror left and right",
  "pictures.colours": "Colours",
  "pictures.colour0": "Ink",
  "pictures.colour1": "White",
  "pictures.colour2": "Red",
  "pictures.colour3": "Yellow",
  "pictures.colour4": "Green",
  "pictures.colour5": "Blue",
  "pictures.colour6": "Brown",
  "pictures.colour7": "Skin",
  "pictures.add": "Add it to the set",
  "pictures.wipe": "Wipe",
  "pictures.side": "Pixels a side",
  "pictures.inColour": "In colour",
  "pictures.window": "What each pixel sees",
  "pictures.sees": "{k} × {k} pixels",
  "pictures.everything": "everything",
  "pictures.from": "Pieces come from",
  "pictures.samePlace": "the same place",
  "pictures.anywhere": "anywhere",
  "pictures.samples": "Drawn from the set",
  "pictures.sample": "Drawn picture {n}",
  "pictures.sample.one": "Drawn picture 1",
  "pictures.picture": "Picture {number} of the set",
  "pictures.remove": "Take picture {number} away",
  "pictures.waiting": "Not drawn yet",
  "pictures.drawn": "drawn by the machine",
  "pictures.mosaic": "a colour for each picture that gave a piece",
  "pictures.pieces": "A mosaic of {n} pictures of the set",
  "pictures.pieces.one": "All of it comes from one picture of the set",
  "pictures.nearest": "the nearest picture of the set",
  "pictures.copyOf": "a copy of picture {number}",
  "pictures.nearestOf": "nearest: picture {number}, {percent} % away",
  "pictures.another": "Draw others",
  "pictures.save": "Save as a pack",
  "pictures.embed": "Embed the pack",
  "pictures.code": "To be copied",
  "pictures.drawing": "Drawing from the set. Nothing was trained, nothing is sent.",
  "pictures.slow": "Drawing. Every pixel asks every place of every picture, so with so many pixels this takes its time; smaller pictures, or pieces from the same place, are quicker.",
  "pictures.opening": "Opening …",
  "pictures.nothing": "No picture could be read from that. PNG, JPEG, WebP and GIF are fine, and packs that were saved here.",
  "pictures.noImages": "This pack has no training pictures, so the machine has nothing to draw from.",
  "pictures.last": "The last picture stays: the machine needs one at least.",
  "pictures.saved": "Saved as {file}. Open it here again, or unpack it on your own site.",
  "pictures.copiedCode": "Copied. Put the unpacked folder and the package’s folder pkg beside your page.",
  "pictures.selectedCode": "Copy these lines. Put the unpacked folder and the package’s folder pkg beside your page.",
  "pictures.allCopies": "All {drawn} are copies: with a view of {window}, every pixel can tell which picture it is in.",
  "pictures.someCopies": "{copies} of {drawn} are copies. The rest mix pieces: half of all take theirs from {middle} pictures or more.",
  "pictures.noCopies": "None of the {drawn} is a copy. Half of them take their pieces from {middle} pictures of the set or more.",

  // 15
  "closing.title": "So where does it come from?",
  "closing.before": `
From pictures that were there before, cut small. That is the first half of the answer. In the machine’s drawings every piece comes from some
training picture, and you have pointed at the pieces yourself. The networks draw almost the same.

The other half is noise. It differs each time, and it decides which piece comes where. The rule brings the pieces and makes neighbours fit; chance brings the
choice. No pixel sees enough to hold the whole against what has been. So the whole may be new.

If you want to call that creativity, it has three parts: pieces, chance, and an eye too short-sighted to copy. For small networks this is not a manner of
speaking. It can be computed, and you have seen how far it carries and where it ends. Large models see further, understand sentences, and know some of their
pictures by heart; of them it is a part of the truth. Which part, people are finding out just now.

And the sleeve that you pointed at? It comes from a pullover in the catalogue of a shop, and from the dice.`,

  // 16
  "further.title": "Read on",
  "further.before": `
The heart of this page is one paper, by Mason Kamb and Surya Ganguli. What we call the machine with the two flaws is their
<em>equivariant local score machine</em> with broken boundary, in short bbELS. Here is all of the mathematics.`,
  "further.equations": "The equations",
  "further.forward": "Adding noise. <i>x</i><sub>0</sub> is a clean picture, ε noise (independent standard normal numbers), and the time <i>t</i> runs from 0, clean, to 1, almost pure noise:",
  "further.step": "A step back (DDIM), from <i>t</i> to an earlier time <i>u</i>, with the denoiser’s guess of the clean picture, written with a hat:",
  "further.ideal": "The ideal denoiser over training pictures <i>y<sub>n</sub></i> (chapter 2):",
  "further.patch": "The short-sighted ones, for each pixel <i>q</i> by itself. Ω<sub><i>k</i></sub> is the window of <i>k</i> × <i>k</i> pixels. In chapter 3 only the same place may answer, <i>p</i> = <i>q</i>. In chapter 4 any place <i>p</i> may (ELS), or any that lies to the border as <i>q</i> does (bbELS):",
  "further.wiener": "The Wiener filter, the best linear denoiser, with mean μ and covariance <i>C</i> of the training pictures:",
  "further.pearson": "Pearson’s <i>r</i> of two pictures (chapter 5):",
  "further.grayScott": "The model of Gray and Scott (chapter 13):",
  "further.simplified": "What is simplified here",
  "further.simplifications": `
The model is tiny: grey pictures of 28 × 28 pixels, ten kinds of garment, a network of half a million numbers. Large models draw with attention, from
text, and in a compressed space; the theory covers them only in part.

The machines hold 600 training pictures of each kind, the networks learned from 6,000. With all of them, the machines come closer to the networks still.

The window shrinks with time as it was measured for each network (chapters 5, 7 and 9). In chapters 3 and 4 it is held fixed, so that you can see what it does.

The lost machine takes its patches from the inside of the training pictures only, as the authors’ code does.

“Where a pixel comes from” names the one patch that weighed most. Early on, thousands share the vote.

Sample and guess are clipped to the range from black to white at every step; the formulas do not say so.`,
  "further.sources": "Sources",
};
