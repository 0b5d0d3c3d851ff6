/**
 * Near duplicates are told by five-letter pieces: two inputs are compared by the share of pieces they have in common of
 * all that either has (Jaccard), in lower case without accents and punctuation. Words would do worse: one changed word
 * of ten leaves 0.45 of the three-word pieces but about 0.7 of the letters. 0.8, the default, is one changed word in
 * fifteen; below 0.5 different questions of one form look alike.
 */
const pieceLength = 5;

/** Near duplicates are told by so many letters at most: copies of a book are copies from its beginning. */
const comparedLength = 20_000;

/** What of a question (`questionText`) is looked at for near duplicates. */
export function beginningOf(question: string): string {
	return question.length > comparedLength ? question.slice(0, comparedLength) : question;
}

/** The same without digits, so that what differs in numbers only is equal. */
export function withoutNumbers(normalised: string): string {
	return normalised.replaceAll(/\d+/g, '0');
}

/** 53 bits that stand for a normalised text. */
export function fingerprint(normalised: string): number {
	let low = 0x811c_9dc5;
	let high = 0x1234_5678;
	for (let at = 0; at < normalised.length; at += 1) {
		const unit = normalised.charCodeAt(at);
		low = Math.imul(low ^ unit, 0x0100_0193);
		high = Math.imul(high ^ unit, 0x85eb_ca6b);
		high ^= high >>> 13;
	}
	return (low >>> 0) * 0x20_0000 + ((high >>> 0) & 0x1f_ffff);
}

/** Hashes (32 bits) of all pieces of a normalised text, each once, in ascending order. */
export function piecesOf(normalised: string): Uint32Array {
	const count = Math.max(1, normalised.length - pieceLength + 1);
	const hashes = new Uint32Array(count);
	for (let at = 0; at < count; at += 1) {
		// FNV-1a over UTF-16 units, then mixed: neighbouring pieces must not have neighbouring hashes.
		let hash = 0x811c_9dc5;
		const end = Math.min(at + pieceLength, normalised.length);
		for (let unit = at; unit < end; unit += 1) hash = Math.imul(hash ^ normalised.charCodeAt(unit), 0x0100_0193);
		hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
		hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
		hashes[at] = hash ^ (hash >>> 16);
	}
	hashes.sort();
	let kept = 1;
	for (let at = 1; at < count; at += 1) {
		if (hashes[at] !== hashes[at - 1]) {
			hashes[kept] = hashes[at] ?? 0;
			kept += 1;
		}
	}
	return hashes.slice(0, kept);
}

/** Share of pieces in common of all that either has, 0 to 1. */
export function jaccard(one: Uint32Array, other: Uint32Array): number {
	let common = 0;
	for (let a = 0, b = 0; a < one.length && b < other.length; ) {
		const left = one[a] ?? 0;
		const right = other[b] ?? 0;
		if (left === right) common += 1;
		if (left <= right) a += 1;
		if (right <= left) b += 1;
	}
	return common / (one.length + other.length - common);
}
