import { Failure } from '../../../../models/contract/failure.ts';
import type { Prompt } from '../../../contract/prompt/prompt.ts';
import type { Client } from '../../ownership/attach.ts';

/** The prompt that a person means by `text`: its name, whatever the case, or its number. Throws Failure `prompt-unknown`. */
export async function namedPrompt(client: Client, text: string, deleted = false): Promise<Prompt> {
	const { prompts } = await client.prompts.list({ deleted });
	const wanted = text.trim().toLowerCase();
	const found =
		prompts.find(({ name }) => name.toLowerCase() === wanted) ?? prompts.find(({ id }) => String(id) === wanted);
	if (found !== undefined) return found;
	const names = prompts.slice(0, 20).map(({ name }) => name);
	const more = prompts.length > names.length ? `, and ${prompts.length - names.length} more` : '';
	throw new Failure({
		code: 'prompt-unknown',
		message: `There is no prompt named "${text}"${deleted ? ' in the trash' : ''}`,
		next: [
			names.length > 0
				? `There are: ${names.join(', ')}${more}`
				: 'Make one: assay prompts add <name> --template "{{input}}"',
		],
	});
}
