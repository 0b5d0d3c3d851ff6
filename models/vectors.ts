/** Returns the numbers of a vector. */
export function vectorOf(base64: string): Float32Array {
	const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
	return new Float32Array(bytes.buffer);
}

/** Returns a vector as base64. */
export function base64Of(vector: Float32Array): string {
	return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64');
}

/** Returns a vector of the same direction and length 1; one of zeros stays as it is. */
export function normalised(vector: Float32Array): Float32Array {
	const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
	return length === 0 ? vector : vector.map((value) => value / length);
}
