import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { findModelChanges, ModelDivider } from '../../../../renderer/conversation/thread/model-divider.tsx';
import { generationFacts } from '../../../support/fake-application/data.ts';
import { buildMessage } from '../../../support/fixtures/conversation.ts';

const ids = Array.from({ length: 20 }, (_, index) => index + 1).values();
const question = () => buildMessage(ids.next().value ?? 0);
const answer = (modelName: string, quantization = 'Q8_0') =>
	buildMessage(ids.next().value ?? 0, { role: 'assistant', generation: generationFacts({ modelName, quantization }) });

test('a divider stands above each answer of another model, and names both', () => {
	const [same, other, smaller] = [answer('Gemma 3'), answer('Qwen3 0.6B'), answer('Qwen3 0.6B', 'Q4_0')];
	const unknown = buildMessage(900, { role: 'assistant' });
	const imported = buildMessage(901, { role: 'assistant', importedModel: 'gpt-5' });
	const branch = [question(), answer('Gemma 3'), question(), same, question(), other, unknown, smaller, imported];
	expect([...findModelChanges(branch)]).toEqual([
		[other.id, { before: 'Gemma 3 Q8_0', model: 'Qwen3 0.6B Q8_0' }],
		[smaller.id, { before: 'Qwen3 0.6B Q8_0', model: 'Qwen3 0.6B Q4_0' }],
		[901, { before: 'Qwen3 0.6B Q4_0', model: 'gpt-5' }],
	]);
	const shown = renderToStaticMarkup(<ModelDivider change={findModelChanges(branch).get(other.id)!} />);
	expect(shown).toContain('The model changed from Gemma 3 Q8_0 to Qwen3 0.6B Q8_0');
});
