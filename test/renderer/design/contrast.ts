/** A colour of tokens.css: OKLCH with opacity. */
export interface Colour {
	readonly lightness: number;
	readonly chroma: number;
	readonly hue: number;
	readonly alpha: number;
}

export type Theme = 'light' | 'dark';

/** Reads the colours of a tokens.css, by theme and name. */
export function readTokens(css: string): Record<Theme, Map<string, Colour>> {
	const colours = { light: new Map<string, Colour>(), dark: new Map<string, Colour>() };
	for (const [, name, light, dark] of css.matchAll(
		/--([\w-]+):\s*light-dark\(\s*oklch\(([^)]+)\)\s*,\s*oklch\(([^)]+)\)\s*\)\s*;/g,
	)) {
		colours.light.set(name!, parse(light!));
		colours.dark.set(name!, parse(dark!));
	}
	return colours;
}

function parse(text: string): Colour {
	const [lightness, chroma, hue, alpha = 1] = text.split(/[\s/]+/).map(Number) as [number, number, number, number?];
	return { lightness, chroma, hue, alpha };
}

type Rgb = readonly [number, number, number];

/**
 * Converts OKLCH to linear sRGB, clipped to the gamut of a screen (Ottosson, "A perceptual color space for image
 * processing").
 */
function linear({ lightness, chroma, hue }: Colour): Rgb {
	const a = chroma * Math.cos((hue * Math.PI) / 180);
	const b = chroma * Math.sin((hue * Math.PI) / 180);
	const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
	const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
	const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
	const clip = (value: number) => Math.min(1, Math.max(0, value));
	return [
		clip(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
		clip(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
		clip(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
	];
}

const encode = (value: number) => (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055);
const decode = (value: number) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);

/** Blends a translucent colour over another as browsers do: in encoded sRGB. */
function over(front: Colour, back: Rgb): Rgb {
	const mix = (value: number, index: number) =>
		decode(encode(value) * front.alpha + encode(back[index]!) * (1 - front.alpha));
	const [r, g, b] = linear(front);
	return [mix(r, 0), mix(g, 1), mix(b, 2)];
}

const luminance = ([r, g, b]: Rgb) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

/** Returns the WCAG 2.2 contrast ratio of text on layers, backmost first. */
export function contrast(text: Colour, ...layers: readonly Colour[]): number {
	const back = layers.reduce<Rgb>((below, layer) => over(layer, below), [1, 1, 1]);
	const [a, b] = [luminance(over(text, back)), luminance(back)].toSorted((x, y) => y - x) as [number, number];
	return (a + 0.05) / (b + 0.05);
}
