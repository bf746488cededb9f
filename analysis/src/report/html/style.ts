// SPDX-License-Identifier: Apache-2.0
/**
 * The style sheet of the HTML report: light and dark, readable on a telephone and on a wide screen,
 * in colours that colour-blind readers tell apart (Okabe and Ito 2008). It loads nothing.
 */

/** Kernels by their place in the sweep; after these they repeat, and shapes tell them apart. */
export const KERNEL_COLOURS = 6;

/** Shades of one colour for changes of growing size: worse, better, changed. */
const SHADES = [
  { letter: 'w', colour: '--worse', opacities: [0.12, 0.22, 0.34, 0.46, 0.6] },
  { letter: 'g', colour: '--better', opacities: [0.12, 0.2, 0.3, 0.4, 0.5] },
  { letter: 'c', colour: '--change', opacities: [0.1, 0.18, 0.26, 0.34, 0.42] },
];

export const STYLE = `
:root{color-scheme:light dark;--paper:#fff;--ink:#1c1f23;--soft:#5b636d;--line:#d4d8dd;
--card:#f6f7f9;
--hatch:rgba(0,0,0,.17);--worse:213,94,0;--better:0,114,178;--change:136,84,160;
--k0:#0072b2;--k1:#d55e00;--k2:#00785a;--k3:#a8487f;--k4:#8a6100;--k5:#3a7ca5}
@media (prefers-color-scheme:dark){:root{--paper:#14171a;--ink:#e6e8ea;--soft:#9aa3ad;
--line:#353b42;
--card:#1c2024;--hatch:rgba(255,255,255,.2);--worse:230,120,30;--better:60,150,215;
--change:180,130,205;
--k0:#5ab4e8;--k1:#f08a3c;--k2:#35c197;--k3:#e08fbb;--k4:#e0b040;--k5:#9fd0ee}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1rem;max-width:80rem;background:var(--paper);color:var(--ink);
font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.45rem;line-height:1.25;margin:.3rem 0 .6rem}
h2{font-size:1.15rem;margin:2rem 0 .5rem;padding-top:.6rem;border-top:1px solid var(--line)}
h3{font-size:1rem;margin:1rem 0 .3rem}
p{margin:.4rem 0;max-width:60rem}
ul{margin:.4rem 0;padding-left:1.2rem}
li{margin:.2rem 0;max-width:66rem}
.lead{font-size:1.1rem}
.soft{color:var(--soft);font-size:.88rem}
.early{border-left:4px solid rgb(var(--worse));padding-left:.7rem;font-weight:600}
dl{display:grid;grid-template-columns:minmax(6rem,max-content) 1fr;gap:.15rem 1rem;margin:.5rem 0}
dt{color:var(--soft)}dd{margin:0;min-width:0}
.scroll{overflow-x:auto;max-width:100%}
table{border-collapse:collapse;margin:.4rem 0;font-size:.92rem;font-variant-numeric:tabular-nums}
th,td{padding:.3rem .6rem;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
th{font-weight:600;vertical-align:bottom}
th:first-child,td:first-child{text-align:left}
caption{text-align:left;padding:.2rem 0}
.tables{display:flex;flex-wrap:wrap;gap:0 2rem}
.heat td,.heat th{border:2px solid var(--paper);text-align:center;vertical-align:middle}
.heat th:first-child{position:sticky;left:0;background:var(--paper);text-align:left;z-index:1;
white-space:normal;min-width:6.5rem}
.heat td{background:var(--card);min-width:6.6rem;line-height:1.3}
.heat b{display:block;font-size:1.1rem}
.heat small{display:block;font-size:.8rem}
${shades()}
.heat .hatch,.box.hatch{
background-image:repeating-linear-gradient(45deg,transparent 0 8px,var(--hatch) 8px 9.5px)}
.legend{display:flex;flex-wrap:wrap;gap:.3rem 1rem;font-size:.85rem;color:var(--soft);
margin:.4rem 0}
.legend span.box{display:inline-block;width:1.4em;height:1em;vertical-align:-.15em;
margin-right:.35em;
border:1px solid var(--line)}
.plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,340px),1fr));gap:1rem}
figure{margin:0;padding:.6rem;background:var(--card);border-radius:6px;min-width:0}
figcaption{font-size:.92rem;margin-bottom:.3rem}
svg{display:block;width:100%;height:auto;max-width:560px;font:11px system-ui,sans-serif}
svg text{fill:var(--ink);paint-order:stroke;stroke:var(--card);stroke-width:3px;
stroke-linejoin:round}svg .soft{fill:var(--soft);font-size:10px}
.axis{stroke:var(--line);stroke-width:1}.zero{stroke:var(--soft);stroke-width:1}
.k0{stroke:var(--k0);fill:var(--k0)}.k1{stroke:var(--k1);fill:var(--k1)}
.k2{stroke:var(--k2);fill:var(--k2)}.k3{stroke:var(--k3);fill:var(--k3)}
.k4{stroke:var(--k4);fill:var(--k4)}.k5{stroke:var(--k5);fill:var(--k5)}
.over{stroke:var(--ink);stroke-width:1.5}.hollow{fill:none}.bar{stroke:none;opacity:.75}
.whisker{stroke-width:2;fill:none}
.ring{fill:none;stroke:var(--ink);stroke-width:1}.failed{stroke:var(--ink);stroke-width:1.5}
details{margin:.5rem 0}summary{cursor:pointer;color:var(--soft)}
@media (max-width:34rem){th,td{white-space:normal;overflow-wrap:normal;padding:.3rem .35rem}
th:first-child,td:first-child{overflow-wrap:anywhere;min-width:5.4rem}
.heat{font-size:.82rem}.heat td,.heat th{padding:.3rem .25rem}
.heat td{min-width:4.9rem;white-space:nowrap}.heat th:first-child{min-width:4.6rem}
.heat b{font-size:1rem}
.heat small{font-size:.74rem}}
@media print{details{display:block}}
`;

function shades(): string {
  return SHADES.flatMap(({ letter, colour, opacities }) =>
    opacities.map(
      (opacity, index) =>
        `.heat .${letter}${index + 1},.box.${letter}${index + 1}` +
        `{background-color:rgba(var(${colour}),${opacity})}`,
    ),
  ).join('\n');
}
