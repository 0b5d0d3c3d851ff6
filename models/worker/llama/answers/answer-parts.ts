import type { NativeContext } from '../../../native/context.ts';
import type { Sampler } from '../../../native/sampler.ts';
import type { Answer, AnswerSource } from '../../answer.ts';
import type { ThreadTuner } from '../../thread-tuner.ts';
import type { AdapterSwitch } from '../adapter-switch.ts';
import type { Drafter } from '../drafter.ts';
import type { Slices } from '../prompt-slices.ts';
import type { SavedStates } from '../saved-states.ts';

/** An answer that llama.cpp's C API computes. */
export type NativeAnswer = Answer<Sampler>;

/** Dependencies of answers. */
export interface AnswerParts extends AnswerSource<Sampler> {
	readonly context: NativeContext;
	/** Which LoRA adapters are on the weights. */
	readonly adapters: Pick<AdapterSwitch, 'isActive' | 'apply'>;
	readonly slices: Slices;
	/** Drafts the next tokens; null if drafting is off. */
	readonly drafter: Drafter | null;
	/** Conversation states on disk; null if none are kept. */
	readonly states: SavedStates | null;
	readonly tuner: ThreadTuner;
	/** Threads of an answer that must have the same bits every time: the number decides how attention sums. */
	readonly fixedThreads: number;
}
