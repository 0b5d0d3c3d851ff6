/**
 * Near duplicates are found by five-letter shingles: the similarity of two inputs is the number of shingles in common
 * divided by the number in either (Jaccard), in lower case without accents and punctuation. Words would do worse: one
 * changed word in ten leaves 0.45 of the three-word shingles but about 0.7 of the letters. 0.8, the default, is one
 * changed word in fifteen; below 0.5, different questions of one form look alike.
 */
const pieceLength = 5;

/** Most letters compared for near duplicates: copies of a book are identical from the beginning. */
const comparedLength = 20_000;

/** Returns the part of a question (`questionText`) to compare for near duplicates. */
export function beginningOf(question: string): string {
	return question.length > comparedLength ? question.slice(0, comparedLength) : question;
}

/** Removes digits, so that texts that differ only in numbers become equal. */
export function withoutNumbers(normalised: string): string {
	return normalised.replaceAll(/\d+/g, '0');
}

/** Returns a 53-bit hash of a normalised text. */
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

/** Returns the distinct 32-bit hashes of all shingles of a normalised text, in ascending order. */
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

/** Returns the number of shingles in common divided by the number in either, 0 to 1. */
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
