import { isUpper } from './python.ts';

/**
 * Upper-case words as NLTK's word_tokenize tells words apart: marks and quotes stand alone, contractions are two ("DON'T"
 * is DO and N'T), hyphens and slashes join.
 */
export function upperCaseTokens(text: string): number {
	let count = 0;
	for (const [token] of text.matchAll(/[^\s;@#$%&?!"“”«»()[\]{}<>,:…]+/gu)) {
		for (const part of token.split(/--+|\.{2,}/u)) count += upperCaseParts(part.replace(/^['’`]+|['’`.]+$/gu, ''));
	}
	return count;
}

function upperCaseParts(word: string): number {
	const negated = /^(.+)(N['’]T)$/u.exec(word);
	const contracted = negated ?? /^(.+)(['’](?:S|M|D|LL|RE|VE))$/u.exec(word);
	const parts = contracted === null ? [word] : [contracted[1]!, contracted[2]!];
	return parts.filter(isUpper).length;
}
