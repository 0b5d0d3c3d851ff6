import type { Turn } from '../../models/contract/generation.ts';
import type { Recipe } from '../contract/server/recipe.ts';
import { applyPrompt } from '../prompt/message-prompt.ts';

/**
 * Returns a client's turns as the recipe asks the model: its system prompt before the client's own, its examples, and its
 * prompt applied to each of the user's messages. Throws the Failures of a prompt that can't be applied.
 */
export function applyRecipe<AnyTurn extends { readonly role: string; readonly content: string }>(
	recipe: Recipe | null,
	turns: readonly AnyTurn[],
): (AnyTurn | Turn)[] {
	if (recipe === null) return [...turns];
	const { before, write } = applyPrompt(recipe.prompt);
	const own = turns.filter(({ role }) => role === 'system');
	const system = [recipe.systemPrompt, ...own.map(({ content }) => content)].filter((text) => text.trim() !== '');
	const asked = turns
		.filter(({ role }) => role !== 'system')
		.map((turn) => (turn.role === 'user' ? { ...turn, content: write(turn.content) } : turn));
	return [
		...(system.length === 0 ? [] : [{ role: 'system' as const, content: system.join('\n\n') }]),
		...before.map(({ role, content }) => ({ role, content })),
		...asked,
	];
}
