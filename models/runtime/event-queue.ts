/** Passes pushed items to one reader, in order; ends after `end`. */
export interface EventQueue<T> extends AsyncIterable<T> {
	push(item: T): void;
	end(): void;
}

export function createEventQueue<T>(): EventQueue<T> {
	const items: T[] = [];
	let ended = false;
	let wake: (() => void) | undefined;
	const notify = (): void => {
		wake?.();
		wake = undefined;
	};
	return {
		push(item) {
			items.push(item);
			notify();
		},
		end() {
			ended = true;
			notify();
		},
		async *[Symbol.asyncIterator]() {
			for (;;) {
				const item = items.shift();
				if (item !== undefined) yield item;
				else if (ended) return;
				else {
					await new Promise<void>((resolve) => {
						wake = resolve;
					});
				}
			}
		},
	};
}
