import type { Turn } from '../../../models/contract/generation.ts';
import type { Engine } from '../../../models/engine.ts';

/** The conversation that each engine was last told to make ready for. */
const preloadedFor = new WeakMap<Engine, number>();

/**
 * A person who writes in a conversation will send it soon: the engine reads back what was kept of it while they write.
 * Told once for each conversation that is turned to, not with every letter.
 */
export function preloadSavedState(engine: Engine, conversationId: number, turns: readonly Turn[]): void {
	if (preloadedFor.get(engine) === conversationId) return;
	preloadedFor.set(engine, conversationId);
	engine.prepare({ turns: [...turns], cacheKey: cacheKeyOf(conversationId) });
}

/** What the state of a conversation is kept under. */
export function cacheKeyOf(conversationId: number): string {
	return `conversation-${conversationId}`;
}
