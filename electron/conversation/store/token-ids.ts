/** Packs tokens for the database: 4 bytes each, little-endian. */
export function packTokenIds(values: readonly number[]): Uint8Array {
	const view = new DataView(new ArrayBuffer(values.length * 4));
	for (const [index, value] of values.entries()) view.setUint32(index * 4, value, true);
	return new Uint8Array(view.buffer);
}

export function unpackTokenIds(bytes: Uint8Array): number[] {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	return Array.from({ length: Math.floor(bytes.byteLength / 4) }, (_, index) => view.getUint32(index * 4, true));
}
