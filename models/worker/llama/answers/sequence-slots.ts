import { keptTokens } from '../../../native/attention-tiles.ts';
import type { NativeContext } from '../../../native/context.ts';
import { NativeSequence } from '../../../native/sequence.ts';
import { commonPrefixLength } from '../../../prompt/common-prefix.ts';
import type { SavedStates } from '../saved-states.ts';
import type { Answer } from './answer.ts';

/** A shared beginning below this length is computed again as fast. */
const worthwhileTokens = 64;

/** A state larger than this is not copied to lay it out anew, bytes. */
const largestCopy = 256 * 2 ** 20;

/** A row of tokens in the context, and whose they are. */
export interface Slot {
	readonly sequence: NativeSequence;
	/** The answer that it serves; null: its tokens are kept for what comes next. */
	answer: Answer | null;
	/** The conversation that its tokens are of. */
	cacheKey: string | null;
	/** Its state may be kept on disk. */
	keep: boolean;
	/** Tokens of the prompt that it was brought to last. 0: it came from a disk. */
	promptLength: number;
	/** Its cells lie among those of others: they were computed together. */
	scattered: boolean;
	/** Counts up with every use. */
	usedAt: number;
}

/** The rows of tokens in one context, which share its cells. Not to be called while a decode runs. */
export interface Slots {
	/** How many hold tokens, or are about to. */
	readonly filled: number;
	/** Whether one more answer may join those that are computed, with a prompt of so many tokens. */
	hasRoomFor(promptTokens: number, room: number): boolean;
	/** Finds a slot for an answer and keeps what it holds of the prompt already. Returns that many tokens. */
	seat(answer: Answer): Promise<Slot>;
	/**
	 * Reads back the state of a conversation that will go on, where nobody works and what it takes the place of is kept, too.
	 */
	prepare(cacheKey: string, tokens: () => readonly number[]): Promise<void>;
	/** Frees cells for so many more tokens, where nobody works with them. false: those who work have to make room. */
	makeRoom(tokens: number): boolean;
	/** Writes what may be kept to disk. `atEnd`: only what is quickly written. */
	save(atEnd: boolean): Promise<void>;
	/** Nobody works: only what was used last is kept, laid out as if it had been alone. */
	settle(): void;
	/** Forgets everything. */
	clear(): void;
}

/** Cells that an answer is given beyond its prompt before it may join others, tokens. */
const cellsAhead = 256;

/**
 * How much of what the sequence holds is kept for the prompt of an answer that is alone. What goes on with the same
 * conversation keeps all that is the same: a follow-up has to be quick. What goes another way, a new conversation above
 * all, gives the answer that it would give alone.
 */
function keptAlone({ sequence, promptLength }: Slot, tokens: readonly number[]): number {
	const held = sequence.tokens;
	const end = tokens.length - 1;
	const common = Math.min(commonPrefixLength(held, tokens), end);
	const goesOn = common >= Math.min(promptLength, held.length, end);
	return goesOn ? common : keptTokens(held, tokens);
}

export function createSlots(context: NativeContext, states: SavedStates | null): Slots {
	const slots = Array.from(
		{ length: context.sequences },
		(_, id): Slot => ({
			sequence: new NativeSequence(context, id),
			answer: null,
			cacheKey: null,
			keep: false,
			promptLength: 0,
			scattered: false,
			usedAt: 0,
		}),
	);
	let uses = 0;

	const held = (): Slot[] => slots.filter(({ sequence }) => sequence.tokens.length > 0);
	const idle = (): Slot[] => slots.filter(({ answer }) => answer === null);
	const leastUsed = (some: readonly Slot[]): Slot | undefined => some.toSorted((a, b) => a.usedAt - b.usedAt)[0];
	// What two share is counted twice: never too little.
	const used = (): number => slots.reduce((sum, { sequence }) => sum + sequence.tokens.length, 0);

	/** Lays the tokens out from the first cell on; nothing else may be in the context. */
	function layOut(slot: Slot): void {
		const { sequence } = slot;
		const tokens = [...sequence.tokens];
		if (!slot.scattered || sequence.stateBytes() > largestCopy) return;
		slot.scattered = false;
		if (tokens.length > 0) sequence.restore(sequence.save(), tokens);
	}

	function makeRoom(tokens: number): boolean {
		while (used() + tokens > context.contextSize) {
			const slot = leastUsed(idle().filter(({ sequence }) => sequence.tokens.length > 0));
			if (slot === undefined) return false;
			slot.sequence.cut(0);
		}
		return true;
	}

	/** For an answer beside others: the slot of its own conversation, or another that nobody uses. */
	function choose({ request, promptTokens }: Answer): Slot {
		const free = idle();
		const common = (slot: Slot): number => commonPrefixLength(slot.sequence.tokens, promptTokens);
		const best = slots.toSorted((a, b) => common(b) - common(a))[0]!;
		const own = free
			.filter(({ cacheKey }) => cacheKey === request.cacheKey)
			.toSorted((a, b) => common(b) - common(a))[0];
		const empty = free.find(({ sequence }) => sequence.tokens.length === 0);
		const slot = own ?? empty ?? leastUsed(free)!;
		const begins = common(best);
		if (begins >= common(slot) + worthwhileTokens) {
			// The last token of a prompt is never kept: what it predicts is needed.
			slot.sequence.copyFrom(best.sequence, Math.min(begins, promptTokens.length - 1));
		}
		return slot;
	}

	async function seat(answer: Answer): Promise<Slot> {
		const { request, promptTokens } = answer;
		const alone = idle().length === slots.length && held().length < 2;
		const slot = alone ? (held()[0] ?? slots[0]!) : choose(answer);
		slot.answer = answer;
		slot.cacheKey = request.cacheKey;
		slot.keep = request.keepState === true;
		slot.usedAt = ++uses;
		if (slot.keep && (await states?.restore(slot.sequence, request.cacheKey, promptTokens, makeRoom)) === true) {
			slot.promptLength = 0;
			slot.scattered = false;
		}
		const common = commonPrefixLength(slot.sequence.tokens, promptTokens);
		slot.sequence.cut(alone ? keptAlone(slot, promptTokens) : Math.min(common, promptTokens.length - 1));
		if (alone) layOut(slot);
		else slot.scattered = true;
		slot.promptLength = promptTokens.length;
		return slot;
	}

	async function save(atEnd: boolean): Promise<void> {
		for (const { sequence, keep, cacheKey } of slots) {
			if (keep && cacheKey !== null) await states?.save(sequence, cacheKey, atEnd);
		}
	}

	async function prepare(cacheKey: string, tokens: () => readonly number[]): Promise<void> {
		const [slot = slots[0]!, ...others] = held();
		const replaceable = slot.keep || slot.sequence.tokens.length === 0;
		if (others.length > 0 || !replaceable || slot.cacheKey === cacheKey) return;
		await save(false);
		if ((await states?.restore(slot.sequence, cacheKey, tokens(), makeRoom)) !== true) return;
		Object.assign(slot, { cacheKey, keep: true, promptLength: 0, scattered: false, usedAt: ++uses });
	}

	return {
		get filled() {
			return slots.filter(({ answer, sequence }) => answer !== null || sequence.tokens.length > 0).length;
		},
		hasRoomFor(promptTokens, room) {
			const working = slots.filter(({ answer }) => answer !== null);
			if (working.length === slots.length) return false;
			if (working.length === 0) return true;
			const ahead = (tokens: number): number => Math.min(tokens, cellsAhead);
			const taken = working.reduce((sum, { answer }) => sum + answer!.needed + 1 + ahead(answer!.room), 0);
			return taken + promptTokens + ahead(room) <= context.contextSize;
		},
		seat,
		makeRoom,
		save,
		prepare,
		settle() {
			const last = held().toSorted((a, b) => b.usedAt - a.usedAt)[0];
			for (const { sequence } of slots) if (sequence !== last?.sequence) sequence.cut(0);
			if (last !== undefined) layOut(last);
		},
		clear() {
			for (const slot of slots) slot.sequence.cut(0);
		},
	};
}
