import { letters, vocabulary, zipf } from './words.ts';

/** Writes texts with the word statistics of people and models. */
export interface Writer {
	/** Every word it knows, most common first. */
	readonly words: readonly string[];
	/** About `length` words. */
	text(length: number): string;
	/** A text of about that length in Chinese, Japanese or Korean letters. */
	unspaced(length: number): string;
}

export function createWriter(random: () => number): Writer {
	const words = vocabulary(40_000, random);
	const draw = zipf(words.length);
	const scripts = [
		{ signs: [...'的一是不了人我在有他这中大来上国'], more: letters(0x4e00, 4_000) },
		{ signs: [...'のにはをたがでてとし日本語学生'], more: [...letters(0x3041, 80), ...letters(0x4e00, 2_000)] },
		{ signs: [...'이다는을에의가한국어로고'], more: letters(0xac00, 2_000) },
	].map(({ signs, more }) => ({ all: [...signs, ...more], draw: zipf(signs.length + more.length) }));
	return {
		words,
		text(length) {
			let text = '';
			let sentence = 0;
			for (let count = 0; count < length; count += 1) {
				const word = words[draw(random)] ?? '';
				text += sentence === 0 ? word.charAt(0).toUpperCase() + word.slice(1) : ` ${word}`;
				sentence += 1;
				if (sentence > 6 && random() < 0.12) {
					text += count % 5 === 0 ? '.\n\n' : '. ';
					sentence = 0;
				}
			}
			return `${text}.`;
		},
		unspaced(length) {
			const script = scripts[Math.floor(random() * scripts.length)] ?? scripts[0]!;
			let text = '';
			for (let count = 0; count < 2 * length; count += 1) {
				text += script.all[script.draw(random)] ?? '';
				if (random() < 0.05) text += '。';
			}
			return text;
		},
	};
}
