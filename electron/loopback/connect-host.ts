/**
 * Returns the host that `Socket.connect` is asked for, from `connect(options)`, `connect(port, host)` or Node's normalised
 * arguments; null for a pipe.
 */
export function connectHost(args: readonly unknown[]): string | null {
	const [first, second] = args;
	if (Array.isArray(first)) return connectHost(first);
	if (typeof first === 'object' && first !== null) {
		const { path, host } = first as { path?: unknown; host?: unknown };
		if (typeof path === 'string' && !('port' in first)) return null;
		return typeof host === 'string' ? host : 'localhost';
	}
	if (typeof first === 'string' && !/^\d+$/.test(first)) return null;
	return typeof second === 'string' ? second : 'localhost';
}
