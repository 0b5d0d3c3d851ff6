/** Returns the length of the common prefix of two lists. */
export function commonPrefixLength<T>(a: ArrayLike<T>, b: ArrayLike<T>): number {
	const end = Math.min(a.length, b.length);
	let length = 0;
	while (length < end && a[length] === b[length]) length += 1;
	return length;
}
