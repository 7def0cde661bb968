/** The equations of the last chapter, in MathML Core, and its sources: what is the same in every language. */

const mi = (/** @type {string} */ name) => `<mi>${name}</mi>`;
const mn = (/** @type {string | number} */ number) => `<mn>${number}</mn>`;
const mo = (/** @type {string} */ sign) => `<mo>${sign}</mo>`;
const row = (/** @type {string[]} */ ...parts) => `<mrow>${parts.join("")}</mrow>`;
const sub = (/** @type {string} */ base, /** @type {string} */ index) => `<msub>${base}${index}</msub>`;
const sup = (/** @type {string} */ base, /** @type {string} */ power) => `<msup>${base}${power}</msup>`;
const both = (/** @type {string} */ base, /** @type {string} */ index, /** @type {string} */ power) => `<msubsup>${base}${index}${power}</msubsup>`;
const over = (/** @type {string} */ top, /** @type {string} */ bottom) => `<mfrac>${top}${bottom}</mfrac>`;
const sum = (/** @type {string} */ below) => `<munder>${mo("∑")}${below}</munder>`;
const hat = (/** @type {string} */ base) => `<mover accent="true">${base}${mo("^")}</mover>`;
const paren = (/** @type {string[]} */ ...parts) => row(mo("("), ...parts, mo(")"));
const norm = (/** @type {string[]} */ ...parts) => sup(row(mo("‖"), ...parts, mo("‖")), mn(2));
/** Parts a formula where a narrow screen may begin a new line. */
const AND = "\n";
const math = (/** @type {string[]} */ ...parts) =>
  parts
    .join("")
    .split(AND)
    .map((part) => `<math display="block"><mrow>${part}</mrow></math>`)
    .join("");

const [x, y, t, u, q, n, p, d, w, D] = ["x", "y", "t", "u", "q", "n", "p", "δ", "w", "D"].map(mi);
const [equals, plus, minus, comma, semicolon] = ["=", "+", "−", ",", ";"].map(mo);
const a = (/** @type {string} */ time) => sub(mi("a"), time);
const s = (/** @type {string} */ time) => sub(mi("s"), time);
const noise = mi("ε");
const guess = sub(hat(x), mn(0));
const noiseGuess = hat(noise);
const answers = paren(q, semicolon, n, comma, p);
const range = row(n, comma, p);

/** @type {[key: string, math: string][]} words of the chapter, and the formula below them */
export const EQUATIONS = [
  [
    "forward",
    math(sub(x, t), equals, a(t), sub(x, mn(0)), plus, s(t), noise, AND, both(mi("a"), t, mn(2)), plus, both(mi("s"), t, mn(2)), equals, mn(1), AND, s(t), equals, mi("sin"), paren(over(row(mi("π"), t), mn("2.016")))),
  ],
  ["step", math(sub(x, u), equals, a(u), guess, plus, s(u), noiseGuess, AND, noiseGuess, equals, over(row(sub(x, t), minus, a(t), guess), s(t)))],
  [
    "ideal",
    math(guess, equals, over(row(sum(n), sub(w, n), sub(y, n)), row(sum(n), sub(w, n))), AND, sub(w, n), equals, mi("exp"), paren(minus, over(norm(sub(x, t), minus, a(t), sub(y, n)), row(mn(2), both(mi("s"), t, mn(2)))))),
  ],
  [
    "patch",
    math(D, answers, equals, sum(row(d, mo("∈"), sub(mi("Ω"), mi("k")))), norm(sub(x, t), paren(q, plus, d), minus, a(t), sub(y, n), paren(p, plus, d)), AND, guess, paren(q), equals, over(row(sum(range), w, answers, sub(y, n), paren(p)), row(sum(range), w, answers)), AND, w, answers, equals, mi("exp"), paren(minus, over(row(D, answers), row(mn(2), both(mi("s"), t, mn(2)))))),
  ],
  ["wiener", math(guess, equals, mi("μ"), plus, a(t), mi("C"), sup(paren(both(mi("a"), t, mn(2)), mi("C"), plus, both(mi("s"), t, mn(2)), mi("I")), row(minus, mn(1))), paren(sub(x, t), minus, a(t), mi("μ")))],
  ["pearson", math(mi("r"), equals, over(row(sum(q), paren(sub(x, q), minus, `<mover accent="true">${x}${mo("¯")}</mover>`), paren(sub(y, q), minus, `<mover accent="true">${y}${mo("¯")}</mover>`)), `<msqrt>${row(sum(q), sup(paren(sub(x, q), minus, `<mover accent="true">${x}${mo("¯")}</mover>`), mn(2)), sum(q), sup(paren(sub(y, q), minus, `<mover accent="true">${y}${mo("¯")}</mover>`), mn(2)))}</msqrt>`))],
  [
    "grayScott",
    math(over(row(mo("∂"), u), row(mo("∂"), t)), equals, sub(D, u), sup(mo("∇"), mn(2)), u, minus, u, sup(mi("v"), mn(2)), plus, mi("F"), paren(mn(1), minus, u), AND, over(row(mo("∂"), mi("v")), row(mo("∂"), t)), equals, sub(D, mi("v")), sup(mo("∇"), mn(2)), mi("v"), plus, u, sup(mi("v"), mn(2)), minus, paren(mi("F"), plus, mi("k")), mi("v")),
  ],
];

/** @type {[text: string, url?: string][]} */
export const SOURCES = [
  ["M. Kamb, S. Ganguli: <em>An analytic theory of creativity in convolutional diffusion models.</em> ICML 2025.", "https://arxiv.org/abs/2412.20292"],
  ["M. Niedoba, B. Zwartsenberg, K. Murphy, F. Wood: <em>Towards a mechanistic explanation of diffusion model generalization.</em> ICML 2025.", "https://arxiv.org/abs/2411.19339"],
  ["A. Lukoianov, C. Yuan, J. Solomon, V. Sitzmann: <em>Locality in image diffusion models emerges from data statistics.</em> NeurIPS 2025.", "https://arxiv.org/abs/2509.09672"],
  ["Z. Kadkhodaie, F. Guth, E. P. Simoncelli, S. Mallat: <em>Generalization in diffusion models arises from geometry-adaptive harmonic representations.</em> ICLR 2024.", "https://arxiv.org/abs/2310.02557"],
  ["N. Carlini, J. Hayes, M. Nasr, M. Jagielski, V. Sehwag, F. Tramèr, B. Balle, D. Ippolito, E. Wallace: <em>Extracting training data from diffusion models.</em> USENIX Security 2023.", "https://arxiv.org/abs/2301.13188"],
  ["N. Liu, S. Li, Y. Du, A. Torralba, J. B. Tenenbaum: <em>Compositional visual generation with composable diffusion models.</em> ECCV 2022.", "https://arxiv.org/abs/2206.01714"],
  ["A. Bradley, P. Nakkiran, D. Berthelot, J. Thornton, J. M. Susskind: <em>Mechanisms of projective composition of diffusion models.</em> ICML 2025.", "https://arxiv.org/abs/2502.04549"],
  ["A. Bradley: <em>Local mechanisms of compositional generalization in conditional diffusion.</em> 2025.", "https://arxiv.org/abs/2509.16447"],
  ["A. Sclocchi, A. Favero, M. Wyart: <em>A phase transition in diffusion models reveals the hierarchical nature of data.</em> PNAS 122, 2025.", "https://arxiv.org/abs/2402.16991"],
  ["X. Li, R. Wang, Q. Qu: <em>Towards understanding the mechanisms of classifier-free guidance.</em> 2025.", "https://arxiv.org/abs/2505.19210"],
  ["J. Ho, T. Salimans: <em>Classifier-free diffusion guidance.</em> 2022.", "https://arxiv.org/abs/2207.12598"],
  ["J. Ho, A. Jain, P. Abbeel: <em>Denoising diffusion probabilistic models.</em> NeurIPS 2020.", "https://arxiv.org/abs/2006.11239"],
  ["J. Song, C. Meng, S. Ermon: <em>Denoising diffusion implicit models.</em> ICLR 2021.", "https://arxiv.org/abs/2010.02502"],
  ["Y. Song, J. Sohl-Dickstein, D. P. Kingma, A. Kumar, S. Ermon, B. Poole: <em>Score-based generative modeling through stochastic differential equations.</em> ICLR 2021.", "https://arxiv.org/abs/2011.13456"],
  ["T. Karras, M. Aittala, T. Aila, S. Laine: <em>Elucidating the design space of diffusion-based generative models.</em> NeurIPS 2022.", "https://arxiv.org/abs/2206.00364"],
  ["A. M. Turing: <em>The chemical basis of morphogenesis.</em> Philosophical Transactions of the Royal Society B 237, 1952, 37–72.", "https://doi.org/10.1098/rstb.1952.0012"],
  ["P. Gray, S. K. Scott: <em>Autocatalytic reactions in the isothermal, continuous stirred tank reactor.</em> Chemical Engineering Science 39, 1984, 1087–1097.", "https://doi.org/10.1016/0009-2509(84)87017-7"],
  ["J. E. Pearson: <em>Complex patterns in a simple system.</em> Science 261, 1993, 189–192.", "https://doi.org/10.1126/science.261.5118.189"],
  ["A. Gierer, H. Meinhardt: <em>A theory of biological pattern formation.</em> Kybernetik 12, 1972, 30–39.", "https://doi.org/10.1007/BF00289234"],
  ["H. Xiao, K. Rasul, R. Vollgraf: <em>Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms.</em> 2017.", "https://arxiv.org/abs/1708.07747"],
];
