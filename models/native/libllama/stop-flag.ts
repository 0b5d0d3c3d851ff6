import koffi from 'koffi';
import type { NativeLibrary } from './open-library.ts';
import type { Pointer } from './structs.ts';

/** More than a ggml_tensor takes: 336 bytes in llama.cpp v0.4.0. */
const flagBytes = 1024;

/**
 * A flag that ends a decode which is running on another thread. llama.cpp asks a C function before each operation of a
 * graph whether to go on, and a JavaScript one would have to wait for the event loop. So it is given ggml's own
 * ggml_is_empty, which looks at the memory it is handed as at a tensor: of zeros only it has no elements, of ones only
 * it has some, wherever its fields lie.
 */
export interface StopFlag {
	/** `bool (*)(void *)` and what it is called with: ggml_abort_callback. */
	readonly callback: Pointer;
	readonly data: Pointer;
	/** A decode that runs, or the next one, ends with code 2 within one operation; `lower` before the one after it. */
	raise(): void;
	lower(): void;
	free(): void;
}

/** null where ggml_is_empty does not do what it is taken for. */
export function createStopFlag({ functions, isEmpty }: NativeLibrary): StopFlag | null {
	const data = koffi.alloc('uint8_t', flagBytes) as Pointer;
	const bytes = new Uint8Array(koffi.view(data, flagBytes));
	const raise = (): void => void bytes.fill(0);
	const lower = (): void => void bytes.fill(1);
	raise();
	const stops = functions.ggml_is_empty(data);
	lower();
	const goesOn = !functions.ggml_is_empty(data);
	if (stops && goesOn) return { callback: isEmpty, data, raise, lower, free: () => koffi.free(data) };
	koffi.free(data);
	return null;
}
