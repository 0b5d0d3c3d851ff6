import { expect, test } from 'vitest';
import { readPromptLengths } from '../../../../electron/conversation/store/generations.ts';
import { run } from '../../../../electron/database/sql.ts';
import { createDatabase } from '../../../support/database.ts';

test('prompt lengths of the newest answers are ascending, without cached tokens or prompts never computed', () => {
	const { database } = createDatabase();
	run(database, `INSERT INTO conversations (id, title, created_at, updated_at) VALUES (1, 'One', 0, 0)`);
	const answers = [
		[80, 20],
		[500, 0],
		[40, 40],
		[0, 0],
		[30, 10],
	] as const;
	for (const [index, [promptTokens, cachedTokens]] of answers.entries()) {
		const id = index + 1;
		run(
			database,
			`INSERT INTO messages (id, conversation_id, role, status, content, created_at)
			 VALUES (:id, 1, 'assistant', 'complete', '', 0)`,
			{ id },
		);
		run(
			database,
			`INSERT INTO generations (message_id, model_name, quantization, temperature, top_k, top_p, min_p,
			   repeat_penalty, stop, seed, prompt_tokens, cached_tokens)
			 VALUES (:id, 'SmolLM2', 'Q4_1', 1, 1, 1, 1, 1, '[]', 1, :promptTokens, :cachedTokens)`,
			{ id, promptTokens, cachedTokens },
		);
	}
	expect(readPromptLengths(database)).toEqual([20, 60, 500]);
});
