/**
 * Keysyms that are older than Unicode and still stand in keyboard layouts, from X11/keysymdef.h. Each entry is the first
 * keysym of a run and the characters of the run. Latin-1 keysyms are their code points; all others are
 * 0x01000000 + the code point.
 */
const legacyRuns: readonly (readonly [number, string])[] = [
  [0x1a1, "Ą˘Ł"],
  [0x1a5, "ĽŚ"],
  [0x1a9, "ŠŞŤŹ"],
  [0x1ae, "ŽŻ"],
  [0x1b1, "ą˛ł"],
  [0x1b5, "ľśˇ"],
  [0x1b9, "šşťź˝žżŔ"],
  [0x1c3, "Ă"],
  [0x1c5, "ĹĆ"],
  [0x1c8, "Č"],
  [0x1ca, "Ę"],
  [0x1cc, "Ě"],
  [0x1cf, "ĎĐŃŇ"],
  [0x1d5, "Ő"],
  [0x1d8, "ŘŮ"],
  [0x1db, "Ű"],
  [0x1de, "Ţ"],
  [0x1e0, "ŕ"],
  [0x1e3, "ă"],
  [0x1e5, "ĺć"],
  [0x1e8, "č"],
  [0x1ea, "ę"],
  [0x1ec, "ě"],
  [0x1ef, "ďđńň"],
  [0x1f5, "ő"],
  [0x1f8, "řů"],
  [0x1fb, "ű"],
  [0x1fe, "ţ˙"],
  [0x2a1, "Ħ"],
  [0x2a6, "Ĥ"],
  [0x2a9, "İ"],
  [0x2ab, "ĞĴ"],
  [0x2b1, "ħ"],
  [0x2b6, "ĥ"],
  [0x2b9, "ı"],
  [0x2bb, "ğĵ"],
  [0x2c5, "ĊĈ"],
  [0x2d5, "Ġ"],
  [0x2d8, "Ĝ"],
  [0x2dd, "ŬŜ"],
  [0x2e5, "ċĉ"],
  [0x2f5, "ġ"],
  [0x2f8, "ĝ"],
  [0x2fd, "ŭŝ"],
  [0x3a2, "ĸŖ"],
  [0x3a5, "ĨĻ"],
  [0x3aa, "ĒĢŦ"],
  [0x3b3, "ŗ"],
  [0x3b5, "ĩļ"],
  [0x3ba, "ēģŧŊ"],
  [0x3bf, "ŋĀ"],
  [0x3c7, "Į"],
  [0x3cc, "Ė"],
  [0x3cf, "Ī"],
  [0x3d1, "ŅŌĶ"],
  [0x3d9, "Ų"],
  [0x3dd, "ŨŪ"],
  [0x3e0, "ā"],
  [0x3e7, "į"],
  [0x3ec, "ė"],
  [0x3ef, "ī"],
  [0x3f1, "ņōķ"],
  [0x3f9, "ų"],
  [0x3fd, "ũū"],
  [0x47e, "‾"],
  [
    0x4a1,
    "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン゛゜",
  ],
  [0x5ac, "\u060c"],
  [0x5bb, "\u061b"],
  [0x5bf, "\u061f"],
  [
    0x5c1,
    "\u0621\u0622\u0623\u0624\u0625\u0626\u0627\u0628\u0629\u062a\u062b\u062c\u062d\u062e\u062f\u0630\u0631\u0632\u0633\u0634\u0635\u0636\u0637\u0638\u0639\u063a",
  ],
  [
    0x5e0,
    "\u0640\u0641\u0642\u0643\u0644\u0645\u0646\u0647\u0648\u0649\u064a\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652",
  ],
  [0x6a1, "ђѓёєѕіїјљњћќґўџ№ЂЃЁЄЅІЇЈЉЊЋЌҐЎЏюабцдефгхийклмнопярстужвьызшэщчъЮАБЦДЕФГХИЙКЛМНОПЯРСТУЖВЬЫЗШЭЩЧЪ"],
  [0x7a1, "ΆΈΉΊΪ"],
  [0x7a7, "ΌΎΫ"],
  [0x7ab, "Ώ"],
  [0x7ae, "΅―"],
  [0x7b1, "άέήίϊΐόύϋΰώ"],
  [0x7c1, "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣ"],
  [0x7d4, "ΤΥΦΧΨΩ"],
  [0x7e1, "αβγδεζηθικλμνξοπρσςτυφχψω"],
  [0x8a1, "⎷┌─⌠⌡│⎡⎣⎤⎦⎛⎝⎞⎠⎨⎬"],
  [0x8bc, "≤≠≥∫∴∝∞"],
  [0x8c5, "∇"],
  [0x8c8, "∼≃"],
  [0x8cd, "⇔⇒≡"],
  [0x8d6, "√"],
  [0x8da, "⊂⊃∩∪∧∨"],
  [0x8ef, "∂"],
  [0x8f6, "ƒ"],
  [0x8fb, "←↑→↓"],
  [0xaa1, "\u2003\u2002\u2004\u2005\u2007\u2008\u2009\u200a—–"],
  [0xaac, "␣"],
  [0xaae, "…‥⅓⅔⅕⅖⅗⅘⅙⅚℅"],
  [0xabb, "‒〈.〉"],
  [0xac3, "⅛⅜⅝⅞"],
  [0xac9, "™☓"],
  [0xacc, "◁▷○▯‘’“”℞‰′″"],
  [0xad9, "✝"],
  [0xadb, "▬◀▶●▮◦▫▭△▽☆•▪▲▼☜☞♣♦♥"],
  [0xaf0, "✠†‡✓✗♯♭♂♀☎⌕℗‸‚„"],
  [
    0xcdf,
    "‗\u05d0\u05d1\u05d2\u05d3\u05d4\u05d5\u05d6\u05d7\u05d8\u05d9\u05da\u05db\u05dc\u05dd\u05de\u05df\u05e0\u05e1\u05e2\u05e3\u05e4\u05e5\u05e6\u05e7\u05e8\u05e9\u05ea",
  ],
  [0xda1, "กขฃคฅฆงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรฤลฦวศษสหฬอฮฯะ\u0e31าำ\u0e34\u0e35\u0e36\u0e37\u0e38\u0e39\u0e3a"],
  [0xddf, "฿เแโใไๅๆ\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e4d"],
  [0xdf0, "๐๑๒๓๔๕๖๗๘๙"],
  [0x13bc, "ŒœŸ"],
  [0x20ac, "€"],
];

const UNICODE_KEYSYMS = 0x0100_0000;

/** The legacy keysyms of each character that has any. */
const legacyKeysyms = new Map<string, number[]>();
for (const [first, characters] of legacyRuns)
  for (const [index, character] of [...characters].entries())
    legacyKeysyms.set(character, [...(legacyKeysyms.get(character) ?? []), first + index]);

/** Every keysym that stands for a character, the one to bind first. Empty for control characters. */
export function keysymsOf(character: string): readonly number[] {
  const codePoint = character.codePointAt(0) ?? 0;
  if (character === "\n" || character === "\r") return [0xff0d];
  if (character === "\t") return [0xff09];
  if (codePoint < 0x20 || (codePoint >= 0x7f && codePoint < 0xa0)) return [];
  const modern = codePoint < 0x100 ? codePoint : UNICODE_KEYSYMS + codePoint;
  return [modern, ...(legacyKeysyms.get(character) ?? [])];
}
