import { type Command, Option } from 'commander';
import { type AddCommands, examples, wholeNumber } from '../command.ts';
import { collect } from '../measure/list-option.ts';
import {
	type AddOptions,
	addPrompt,
	type ContentOptions,
	changePrompt,
	removePrompt,
	restorePrompt,
} from './change-prompt.ts';
import { type PreviewOptions, previewPrompt } from './preview-prompt.ts';
import { listPrompts, type ShowOptions, showPrompt } from './show-prompt.ts';

/** `assay prompts …`: prompts with variables, in versions that never change. */
export const addPrompts: AddCommands = (program, execute) => {
	const prompts = program.command('prompts').description('prompts with {{variables}}, to evaluate and to use');
	prompts
		.command('list')
		.description('list prompts with their newest version')
		.option('--trash', 'those in the trash')
		.addHelpText('after', examples('prompts list', 'prompts list --json'))
		.action(({ trash = false }: { trash?: boolean }, command: Command) =>
			execute(command, (context) => listPrompts(context, trash)),
		);
	prompts
		.command('show <prompt>')
		.description('show a prompt and its versions')
		.option('--version-number <n>', 'another than the newest', wholeNumber(1))
		.option('--diff <n>', 'what changed since this version', wholeNumber(1))
		.addHelpText('after', examples('prompts show "Word problem"', 'prompts show 3 --version-number 2 --diff 1'))
		.action((name: string, options: ShowOptions, command: Command) =>
			execute(command, (context) => showPrompt(context, name, options)),
		);
	withContent(prompts.command('add <name>'))
		.description('make a prompt')
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
		.description('add a version; what is left out stays as it is')
		.addHelpText('after', examples('prompts change Capital --system "One word." --note "shorter answers"'))
		.action((name: string, options: ContentOptions, command: Command) =>
			execute(command, (context) => changePrompt(context, name, options)),
		);
	prompts
		.command('preview <prompt>')
		.description('show what a model would be asked, without asking one')
		.option('--input <text>', 'the question, {{input}}')
		.option('--var <name=value>', 'another variable; several times', collect, [])
		.option('--choice <text>', 'a choice; several times', collect, [])
		.addOption(
			new Option('--technique <kind>', 'how it is asked')
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
		.description('take a prompt out of the trash')
		.addHelpText('after', examples('prompts restore Capital'))
		.action((name: string, _options, command: Command) => execute(command, (context) => restorePrompt(context, name)));
};

function withContent(command: Command): Command {
	return command
		.option('--template <text>', "the user's turn, with {{input}} and other {{variables}}")
		.option('--template-file <path>', 'the same from a file; - for standard input')
		.option('--system <text>', 'system prompt')
		.option('--system-file <path>', 'the same from a file; - for standard input')
		.option('--example <text>', 'how one few-shot example is written, with {{target}}')
		.option('--example-file <path>', 'the same from a file; - for standard input')
		.option('--note <text>', 'what this version is about');
}
