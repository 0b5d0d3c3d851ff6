import { expect, test } from 'vitest';
import { findTwinTurn } from '../../../../renderer/evaluation/sample/prompts-sent.tsx';

const system = { role: 'system', content: 'Answer with one word.' } as const;
const question = { role: 'user', content: 'Which element is the first?' } as const;
const example = { role: 'user', content: 'Which is the second?' } as const;
const helium = { role: 'assistant', content: 'Helium' } as const;

test('turns of two prompts are matched by role, from the question backwards', () => {
	const [bare, full] = [{ turns: [question] }, { turns: [system, example, helium, question] }];
	expect(findTwinTurn(question, full, bare)).toBe(question.content);
	expect(findTwinTurn(question, bare, full)).toBe(question.content);
	expect(findTwinTurn(system, full, bare)).toBeUndefined();
	expect(findTwinTurn(example, full, bare)).toBeUndefined();
	expect(findTwinTurn(question, bare, undefined)).toBeUndefined();
});
