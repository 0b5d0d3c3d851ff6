import { totalmem } from 'node:os';
import type { ChatTemplate, LoraAdapter } from '../../models/contract/load.ts';
import type { ModelFile } from '../contract/library/schema.ts';
import { gpuOptions } from '../library/gpu-settings.ts';
import { requireMeasurable } from '../library/measuring-obstacle.ts';
import type { EvaluationContext, Session } from './context.ts';

export interface SessionOptions {
	readonly model: ModelFile;
	readonly contextSize: number;
	readonly width: number;
	readonly independent: boolean;
	readonly threads: number;
	/** Default: the file's own. */
	readonly chatTemplate?: ChatTemplate | undefined;
	/** LoRA adapters on the model; default: none. */
	readonly adapters?: readonly LoraAdapter[] | undefined;
}

/** Holds one model at a time. */
export interface Sessions {
	/**
	 * Returns the process that holds this model, after ending that of another model. Throws the Failure of a model that
	 * can't be held.
	 */
	open(options: SessionOptions, signal: AbortSignal): Promise<Session>;
	/** Whether the process holds this model already. */
	holds(options: SessionOptions): boolean;
	/** Ends the process, even a dead one; the next `open` starts a fresh one. */
	close(): Promise<void>;
}

/** A model that takes this share of the memory leaves no room for a second one. */
const aloneShare = 0.25;

export function fillsMemory({ sizeBytes }: Pick<ModelFile, 'sizeBytes'>): boolean {
	return sizeBytes > totalmem() * aloneShare;
}

export function createSessions({ openSession, library }: Pick<EvaluationContext, 'openSession' | 'library'>): Sessions {
	let current: { key: string; session: Session } | null = null;
	const close = async (): Promise<void> => {
		const ending = current;
		current = null;
		await ending?.session.close();
	};
	const keyOf = ({ model, chatTemplate, adapters = [], ...rest }: SessionOptions): string =>
		JSON.stringify([model.path, rest, chatTemplate ?? null, adapters, gpuOptions(library.options(model.id))]);
	return {
		holds: (options) => current?.key === keyOf(options),
		async open({ model, chatTemplate, adapters = [], ...others }, signal) {
			const rest = {
				...others,
				...(chatTemplate === undefined ? {} : { chatTemplate }),
				...(adapters.length === 0 ? {} : { adapters: [...adapters] }),
			};
			requireMeasurable(library, [model.id]);
			const gpu = gpuOptions(library.options(model.id));
			const key = keyOf({ model, ...rest });
			if (current?.key === key) return current.session;
			await close();
			// A model that a chat left in memory is loaded again on demand.
			if (fillsMemory(model)) await library.unloadAll();
			const session = await openSession({ model: model.path, ...rest, ...gpu, signal });
			current = { key, session };
			return session;
		},
		close,
	};
}
