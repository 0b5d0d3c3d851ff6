/** A queue of items for one reader. It keeps everything pushed before the first read. */
export interface AsyncQueue<T> {
	/** Ignored after the end. */
	push(item: T): void;
	/** Lets the reader take what is queued, then ends. */
	end(): void;
	/** Empties the queue. */
	clear(): void;
	readonly size: number;
	/** Reads until the end; leaving the loop, or the signal, calls `onLeave` once. */
	read(signal?: AbortSignal, onLeave?: () => void): AsyncGenerator<T>;
}

export function createAsyncQueue<T>(): AsyncQueue<T> {
	const waiting: T[] = [];
	let ended = false;
	let wake: (() => void) | null = null;
	const notify = (): void => {
		wake?.();
		wake = null;
	};
	return {
		push(item) {
			if (ended) return;
			waiting.push(item);
			notify();
		},
		end() {
			ended = true;
			notify();
		},
		clear() {
			waiting.length = 0;
		},
		get size() {
			return waiting.length;
		},
		read(signal, onLeave) {
			let left = false;
			const leave = (): void => {
				if (left) return;
				left = true;
				ended = true;
				waiting.length = 0;
				signal?.removeEventListener('abort', leave);
				onLeave?.();
				notify();
			};
			// Needed before the first read too: a generator that was never started runs no `finally`.
			if (signal?.aborted) leave();
			else signal?.addEventListener('abort', leave, { once: true });
			async function* items(): AsyncGenerator<T> {
				try {
					while (true) {
						while (waiting.length > 0) yield waiting.shift() as T;
						if (ended) return;
						await new Promise<void>((resolve) => {
							wake = resolve;
						});
					}
				} finally {
					leave();
				}
			}
			return items();
		},
	};
}
