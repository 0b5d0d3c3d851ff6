import type { Prompt } from '../../../contract/prompt/prompt.ts';
import type { CommandContext } from '../command.ts';
import { exitCode } from '../exit-code.ts';
import { withApplication } from '../session.ts';
import { UsageError } from '../usage-error.ts';
import { namedPrompt } from './named-prompt.ts';
import { textOption } from './text-option.ts';

export interface ContentOptions {
	template?: string;
	templateFile?: string;
	system?: string;
	systemFile?: string;
	example?: string;
	exampleFile?: string;
	note?: string;
}

export interface AddOptions extends ContentOptions {
	description?: string;
}

async function contentOf(options: ContentOptions) {
	const files = [options.templateFile, options.systemFile, options.exampleFile];
	if (files.filter((file) => file === '-').length > 1)
		throw new UsageError('standard input can be only one of the texts');
	return {
		template: await textOption('template', options.template, options.templateFile),
		system: await textOption('system', options.system, options.systemFile),
		example: await textOption('example', options.example, options.exampleFile),
	};
}

export async function addPrompt(context: CommandContext, name: string, options: AddOptions): Promise<number> {
	const { template, system = '', example = '' } = await contentOf(options);
	if (template === undefined) throw new UsageError('a prompt needs --template or --template-file');
	const { description = '', note = '' } = options;
	const prompt = await withApplication(context, (client) =>
		client.prompts.create({ name, description, note, template, system, example }),
	);
	context.output.result({ prompts: [prompt] }, `Made the prompt ${prompt.name}${using(prompt)}`);
	return exitCode.done;
}

/** What is left out stays as it is in the newest version. */
export async function changePrompt(context: CommandContext, name: string, options: ContentOptions): Promise<number> {
	const change = await contentOf(options);
	if (Object.values(change).every((text) => text === undefined)) {
		throw new UsageError('say what changes: --template, --system or --example');
	}
	const { before, after } = await withApplication(context, async (client) => {
		const found = await namedPrompt(client, name);
		const { system, template, example } = found.latest;
		const content = {
			system: change.system ?? system,
			template: change.template ?? template,
			example: change.example ?? example,
		};
		const made = await client.prompts.addVersion({ id: found.id, note: options.note ?? '', ...content });
		return { before: found, after: made };
	});
	const same = before.latest.id === after.latest.id;
	const words = same
		? `says that already: version ${after.latest.number}`
		: `has version ${after.latest.number}${using(after)}`;
	context.output.result({ prompts: [after], changed: !same }, `${after.name} ${words}`);
	return exitCode.done;
}

export async function removePrompt(context: CommandContext, name: string): Promise<number> {
	const prompt = await withApplication(context, async (client) => {
		const { id } = await namedPrompt(client, name);
		return client.prompts.remove({ id });
	});
	context.output.result(
		{ prompts: [prompt] },
		`Moved ${prompt.name} to the trash; back: assay prompts restore "${prompt.name}"`,
	);
	return exitCode.done;
}

export async function restorePrompt(context: CommandContext, name: string): Promise<number> {
	const prompt = await withApplication(context, async (client) => {
		const { id } = await namedPrompt(client, name, true);
		return client.prompts.restore({ id });
	});
	context.output.result({ prompts: [prompt] }, `${prompt.name} is back`);
	return exitCode.done;
}

function using({ latest }: Prompt): string {
	return latest.variables.length === 0
		? '; it uses no variables'
		: `; it uses ${latest.variables.map((name) => `{{${name}}}`).join(', ')}`;
}
