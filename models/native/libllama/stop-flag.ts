import koffi from 'koffi';
import type { NativeLibrary } from './open-library.ts';
import type { Pointer } from './structs.ts';

/** More than the size of a ggml_tensor: 336 bytes in llama.cpp v0.4.0. */
const flagBytes = 1024;

/**
 * A flag that ends a decode running on another thread. Before each operation of a graph, llama.cpp calls a C function
 * that may abort it; a JavaScript function would have to wait for the event loop. So it gets ggml's own ggml_is_empty,
 * which reads the given memory as a tensor: all zeros have no elements and all ones have some, wherever its fields are.
 */
export interface StopFlag {
	/** `bool (*)(void *)` and its argument: ggml_abort_callback. */
	readonly callback: Pointer;
	readonly data: Pointer;
	/**
	 * Ends the running decode, or the next one, with code 2 within one operation; call `lower` before the following
	 * decode.
	 */
	raise(): void;
	lower(): void;
	free(): void;
}

/** Returns null if ggml_is_empty does not behave as assumed. */
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
