import { type Command, Option } from 'commander';
import { Failure } from '../../../models/contract/failure.ts';
import type { TechniqueInput } from '../../contract/evaluation/technique.ts';
import type { DiffPart, Prompt, PromptRequest, PromptVersion } from '../../contract/prompt/schema.ts';
import type { Client } from '../transport/rpc-client.ts';
import { type AddCommands, type CommandContext, examples, wholeNumber } from './command.ts';
import { exitCode, UsageError } from './exit-codes.ts';
import { collect } from './list-option.ts';
import { emptyList, moment, oneLine, table } from './table.ts';
import { textOption } from './text-option.ts';
import { withApplication } from './with-application.ts';

interface ShowOptions {
	versionNumber?: number;
	/** Version to compare the shown one with. */
	diff?: number;
}

async function listPrompts({ output, ...context }: CommandContext, trash: boolean): Promise<number> {
	const { prompts, inTrash } = await withApplication({ output, ...context }, async (client) => {
		const found = (await client.prompts.list({ deleted: trash })).prompts;
		const isTrashAsked = found.length === 0 && !trash;
		return {
			prompts: found,
			inTrash: isTrashAsked ? (await client.prompts.list({ deleted: true })).prompts.length : 0,
		};
	});
	const rows = prompts.map(({ id, name, latest, starterId }) => [
		String(id),
		name,
		String(latest.number),
		starterId === null ? '' : 'included',
		oneLine(latest.template, 60),
	]);
	const head = ['ID', 'NAME', 'VERSION', '', 'TEMPLATE'];
	const empty = trash
		? 'The trash has no prompts.'
		: emptyList(
				'No prompts. Create one: assay prompts add <name> --template "{{input}}"',
				'prompts',
				inTrash,
				'prompts list',
			);
	output.result({ prompts }, rows.length > 0 ? table(head, rows) : empty);
	return exitCode.done;
}

async function showPrompt(context: CommandContext, name: string, options: ShowOptions): Promise<number> {
	const shown = await withApplication(context, async (client) => {
		const { prompt, versions } = await client.prompts.get({ id: (await namedPrompt(client, name)).id });
		const version = numbered(versions, options.versionNumber ?? prompt.latest.number, prompt.name);
		const before = options.diff === undefined ? null : numbered(versions, options.diff, prompt.name);
		const diff =
			before === null ? null : await client.prompts.diff({ fromVersionId: before.id, toVersionId: version.id });
		return { prompt, versions, version, diff };
	});
	const { prompt, versions, version, diff } = shown;
	const texts = (['system', 'template', 'example'] as const)
		.map((part) => ({ part, text: diff === null ? version[part] : marked(diff[part]) }))
		.filter(({ text }) => text !== '')
		.map(({ part, text }) => `--- ${part}\n${text}`);
	const history = versions.map(
		({ number, createdAt, note }) => `  ${number}  ${moment(createdAt)}${note === '' ? '' : `  ${oneLine(note, 60)}`}`,
	);
	const text = [
		`${prompt.name}, version ${version.number}${diff === null ? '' : ` against ${options.diff}`}`,
		...(prompt.description === '' ? [] : [prompt.description]),
		...texts,
		...(versions.length > 1 ? [`--- versions\n${history.join('\n')}`] : []),
	].join('\n\n');
	context.output.result({ prompts: [prompt], version, versions, ...(diff === null ? {} : { diff }) }, text);
	return exitCode.done;
}

function numbered(versions: readonly PromptVersion[], number: number, name: string): PromptVersion {
	const found = versions.find((version) => version.number === number);
	if (found !== undefined) return found;
	throw new Failure({
		code: 'prompt-version-unknown',
		message: `“${name}” has no version ${number}`,
		next: [`Available: ${versions.map((version) => version.number).join(', ')}`],
	});
}

/** Marks changes in the usual format of word diffs: [-gone-] and {+new+}. */
function marked(parts: readonly DiffPart[]): string {
	return parts
		.map(({ kind, text }) => (kind === 'same' ? text : kind === 'added' ? `{+${text}+}` : `[-${text}-]`))
		.join('');
}

interface ContentOptions {
	template?: string;
	templateFile?: string;
	system?: string;
	systemFile?: string;
	example?: string;
	exampleFile?: string;
	note?: string;
}

interface AddOptions extends ContentOptions {
	description?: string;
}

async function contentOf({ streams: { stdin } }: CommandContext, options: ContentOptions) {
	const files = [options.templateFile, options.systemFile, options.exampleFile];
	if (files.filter((file) => file === '-').length > 1)
		throw new UsageError('standard input can be only one of the texts');
	return {
		template: await textOption(stdin, 'template', options.template, options.templateFile),
		system: await textOption(stdin, 'system', options.system, options.systemFile),
		example: await textOption(stdin, 'example', options.example, options.exampleFile),
	};
}

async function addPrompt(context: CommandContext, name: string, options: AddOptions): Promise<number> {
	const { template, system = '', example = '' } = await contentOf(context, options);
	if (template === undefined) throw new UsageError('a prompt needs --template or --template-file');
	const { description = '', note = '' } = options;
	const prompt = await withApplication(context, (client) =>
		client.prompts.create({ name, description, note, template, system, example }),
	);
	context.output.result({ prompts: [prompt] }, `Created the prompt ${prompt.name}${using(prompt)}`);
	return exitCode.done;
}

/** Parts that are not given stay as in the newest version. */
async function changePrompt(context: CommandContext, name: string, options: ContentOptions): Promise<number> {
	const change = await contentOf(context, options);
	if (Object.values(change).every((text) => text === undefined)) {
		throw new UsageError('nothing to change: give --template, --system or --example');
	}
	const { before, after } = await withApplication(context, async (client) => {
		const found = await namedPrompt(client, name);
		const { system, template, example } = found.latest;
		const content = {
			system: change.system ?? system,
			template: change.template ?? template,
			example: change.example ?? example,
		};
		const version = await client.prompts.addVersion({ ...content, note: options.note ?? '', id: found.id });
		return { before: found, after: version };
	});
	const same = before.latest.id === after.latest.id;
	const words = same
		? `is unchanged: version ${after.latest.number}`
		: `now has version ${after.latest.number}${using(after)}`;
	context.output.result({ prompts: [after], changed: !same }, `${after.name} ${words}`);
	return exitCode.done;
}

async function removePrompt(context: CommandContext, name: string): Promise<number> {
	const prompt = await withApplication(context, async (client) => {
		const { id } = await namedPrompt(client, name);
		return client.prompts.remove({ id });
	});
	context.output.result(
		{ prompts: [prompt] },
		`Moved ${prompt.name} to the trash. To restore it: assay prompts restore "${prompt.name}"`,
	);
	return exitCode.done;
}

async function restorePrompt(context: CommandContext, name: string): Promise<number> {
	const prompt = await withApplication(context, async (client) => {
		const { id } = await namedPrompt(client, name, true);
		return client.prompts.restore({ id });
	});
	context.output.result({ prompts: [prompt] }, `Restored ${prompt.name}`);
	return exitCode.done;
}

function using({ latest }: Prompt): string {
	return latest.variables.length === 0
		? '; it uses no variables'
		: `; it uses ${latest.variables.map((name) => `{{${name}}}`).join(', ')}`;
}

interface PreviewOptions {
	input?: string;
	var: readonly string[];
	choice: readonly string[];
	technique: TechniqueInput['kind'];
}

/**
 * Prints the prompt that a model would get for one sample. A missing variable means exit code 3: the prompt does not
 * fit the sample.
 */
async function previewPrompt(context: CommandContext, name: string, options: PreviewOptions): Promise<number> {
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
	return request === null ? exitCode.checkFailed : exitCode.done;
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
			[`--- context`, context, ...continuations.map((text) => `--- rated continuation\n${text}`)].join('\n'),
		)
		.join('\n\n');
}

/** Finds the prompt that `text` names, by name (ignoring case) or number. Throws Failure `prompt-unknown`. */
async function namedPrompt(client: Client, text: string, deleted = false): Promise<Prompt> {
	const { prompts } = await client.prompts.list({ deleted });
	const wanted = text.trim().toLowerCase();
	const found =
		prompts.find(({ name }) => name.toLowerCase() === wanted) ?? prompts.find(({ id }) => String(id) === wanted);
	if (found !== undefined) return found;
	const names = prompts.slice(0, 20).map(({ name }) => name);
	const more = prompts.length > names.length ? `, and ${prompts.length - names.length} more` : '';
	throw new Failure({
		code: 'prompt-unknown',
		message: `No prompt is named "${text}"${deleted ? ' in the trash' : ''}`,
		next: [
			names.length > 0
				? `Prompts: ${names.join(', ')}${more}`
				: 'Create one: assay prompts add <name> --template "{{input}}"',
		],
	});
}

/** `assay prompts …`: prompts with variables, in versions that never change. */
export const addPrompts: AddCommands = (program, execute) => {
	const prompts = program.command('prompts').description('prompts with {{variables}}, to evaluate and to use');
	prompts
		.command('list')
		.description('list prompts with their newest version')
		.option('--trash', 'list the prompts in the trash')
		.addHelpText('after', examples('prompts list', 'prompts list --json'))
		.action(({ trash = false }: { trash?: boolean }, command: Command) =>
			execute(command, (context) => listPrompts(context, trash)),
		);
	prompts
		.command('show <prompt>')
		.description('show a prompt and its versions')
		.option('--version-number <n>', 'a version other than the newest', wholeNumber(1))
		.option('--diff <n>', 'what changed since this version', wholeNumber(1))
		.addHelpText('after', examples('prompts show "Word problem"', 'prompts show 3 --version-number 2 --diff 1'))
		.action((name: string, options: ShowOptions, command: Command) =>
			execute(command, (context) => showPrompt(context, name, options)),
		);
	withContent(prompts.command('add <name>'))
		.description('create a prompt')
		.option('--description <text>', 'what it is for')
		.addHelpText(
			'after',
			examples(
				'prompts add Capital --template "What is the capital of {{country}}?"',
				'prompts add Extract --template-file extract.txt --system "Reply with JSON only."',
			),
		)
		.action((name: string, options: AddOptions, command: Command) =>
			execute(command, (context) => addPrompt(context, name, options)),
		);
	withContent(prompts.command('change <prompt>'))
		.description('add a version; omitted parts stay as they are')
		.addHelpText('after', examples('prompts change Capital --system "One word." --note "shorter answers"'))
		.action((name: string, options: ContentOptions, command: Command) =>
			execute(command, (context) => changePrompt(context, name, options)),
		);
	prompts
		.command('preview <prompt>')
		.description('show what a model would get, without running one')
		.option('--input <text>', 'the value of {{input}}')
		.option('--var <name=value>', 'the value of another variable; repeatable', collect, [])
		.option('--choice <text>', 'a choice; repeatable', collect, [])
		.addOption(
			new Option('--technique <kind>', 'the technique')
				.choices(['zero-shot', 'chain-of-thought', 'choice-letter', 'choice-likelihood'])
				.default('zero-shot'),
		)
		.addHelpText('after', examples('prompts preview Capital --var country=France'))
		.action((name: string, options: PreviewOptions, command: Command) =>
			execute(command, (context) => previewPrompt(context, name, options)),
		);
	prompts
		.command('remove <prompt>')
		.description('move a prompt to the trash')
		.addHelpText('after', examples('prompts remove Capital'))
		.action((name: string, _options, command: Command) => execute(command, (context) => removePrompt(context, name)));
	prompts
		.command('restore <prompt>')
		.description('restore a prompt from the trash')
		.addHelpText('after', examples('prompts restore Capital'))
		.action((name: string, _options, command: Command) => execute(command, (context) => restorePrompt(context, name)));
};

function withContent(command: Command): Command {
	return command
		.option('--template <text>', 'the user’s turn, with {{input}} and other {{variables}}')
		.option('--template-file <path>', 'the same from a file; - for standard input')
		.option('--system <text>', 'system prompt')
		.option('--system-file <path>', 'the same from a file; - for standard input')
		.option('--example <text>', 'the format of a few-shot example, with {{target}}')
		.option('--example-file <path>', 'the same from a file; - for standard input')
		.option('--note <text>', 'a note about this version');
}
