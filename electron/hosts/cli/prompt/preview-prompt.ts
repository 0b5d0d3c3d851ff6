import type { TechniqueInput } from '../../../contract/evaluation/technique.ts';
import type { PromptRequest } from '../../../contract/prompt/prompt.ts';
import type { CommandContext } from '../command.ts';
import { exitCode } from '../exit-code.ts';
import { withApplication } from '../session.ts';
import { UsageError } from '../usage-error.ts';
import { namedPrompt } from './named-prompt.ts';

export interface PreviewOptions {
	input?: string;
	var: readonly string[];
	choice: readonly string[];
	technique: TechniqueInput['kind'];
}

/** What a model would be asked for one sample. A missing variable is exit code 3: the prompt does not fit the sample. */
export async function previewPrompt(context: CommandContext, name: string, options: PreviewOptions): Promise<number> {
	const { input = '', choice, technique } = options;
	const variables = Object.fromEntries(options.var.map(assignment));
	const preview = await withApplication(context, async (client) => {
		const { latest } = await namedPrompt(client, name);
		const { system, template, example } = latest;
		const sample = { input, variables, choices: choice.length > 0 ? [...choice] : null };
		return client.prompts.preview({ content: { system, template, example }, technique: { kind: technique }, sample });
	});
	const { request, missing, warnings } = preview;
	const text = [
		...(request === null ? [`Missing: ${missing.map((each) => `{{${each}}}`).join(', ')}`] : [textOf(request)]),
		...warnings.map((warning) => `Note: ${warning}`),
	].join('\n\n');
	context.output.result(preview, text);
	return request === null ? exitCode.notHeld : exitCode.done;
}

function assignment(text: string): [string, string] {
	const at = text.indexOf('=');
	if (at < 1) throw new UsageError(`--var takes <name>=<value>, not "${text}"`);
	return [text.slice(0, at), text.slice(at + 1)];
}

function textOf(request: PromptRequest): string {
	if (request.kind === 'generate') {
		return request.turns.map(({ role, content }) => `--- ${role}\n${content}`).join('\n\n');
	}
	return request.items
		.map(({ context, continuations }) =>
			[`--- context`, context, ...continuations.map((text) => `--- how likely is\n${text}`)].join('\n'),
		)
		.join('\n\n');
}
