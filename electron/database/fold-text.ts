/**
 * Folds a text letter by letter as the index does: lower case, no accents, a space for everything that is not part of a
 * word. Positions stay the same, so that a match in the folded text can be marked in the original.
 */
export function foldText(text: string): string {
	const units = new Uint16Array(text.length);
	for (let at = 0; at < text.length; at += 1) {
		const unit = text.charCodeAt(at);
		const point = isFirstHalf(unit) ? (text.codePointAt(at) ?? unit) : unit;
		if (point > 0xffff) {
			const isPart = partOfWord.test(String.fromCodePoint(point));
			units[at] = isPart ? unit : space;
			units[at + 1] = isPart ? text.charCodeAt(at + 1) : space;
			at += 1;
		} else {
			units[at] = folded[unit] || foldUnit(unit);
		}
	}
	let result = '';
	for (let at = 0; at < units.length; at += chunk) {
		result += String.fromCharCode(...units.subarray(at, at + chunk));
	}
	return result;
}

/** UTF-16 units per call of `fromCharCode`: its arguments go on the stack. */
const chunk = 8_192;

/** Folded form of each UTF-16 unit; 0: not computed yet. */
const folded = new Uint16Array(0x1_0000);

const partOfWord = /[\p{L}\p{N}\p{Co}\p{M}]/u;

const space = 0x20;

function isFirstHalf(unit: number): boolean {
	return unit >= 0xd800 && unit <= 0xdbff;
}

function foldUnit(unit: number): number {
	const letter = String.fromCharCode(unit);
	const plain = partOfWord.test(letter) ? letter.normalize('NFD').charAt(0).toLowerCase() : ' ';
	const result = plain.charCodeAt(0);
	folded[unit] = result;
	return result;
}
