import { type Command, InvalidArgumentError } from 'commander';
import type { ApplicationOptions } from '../../application/application.ts';
import { chooseDataFolder } from '../data-folder.ts';
import type { Interrupt } from './interrupt.ts';
import { type Output, openOutput, type Streams } from './output.ts';

/** Opens the model library; tests pass one that loads nothing. */
export type OpenModels = ApplicationOptions['models'];

/** Context of every command. */
export interface CommandContext {
	readonly output: Output;
	readonly streams: Streams;
	readonly dataFolder: string;
	readonly interrupt: Interrupt;
	readonly openModels: OpenModels;
	/** Folder of the built renderer. */
	readonly rendererFolder: string;
}

/** Runs a command's work with its context; the returned number is the exit code. */
export type Execute = (command: Command, work: (context: CommandContext) => Promise<number>) => Promise<void>;

/** Adds a noun's commands to the program. */
export type AddCommands = (program: Command, execute: Execute) => void;

/** Reads the options that every command takes. */
export function contextOf(
	command: Command,
	interrupt: Interrupt,
	{ openModels, rendererFolder, streams }: Pick<CommandContext, 'openModels' | 'rendererFolder' | 'streams'>,
): CommandContext {
	const { json, data, verbose } = command.optsWithGlobals<{ json?: boolean; data?: string; verbose?: boolean }>();
	const output = openOutput({ json: json ?? false, verbose: verbose ?? false }, streams);
	return { output, streams, dataFolder: chooseDataFolder(data), interrupt, openModels, rendererFolder };
}

/** Parses an option whose value is a whole number from `least` up. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
	return (text) => {
		const value = Number(text);
		if (/^\d+$/.test(text) && value >= least && value <= most) return value;
		throw new InvalidArgumentError(
			most === Number.MAX_SAFE_INTEGER
				? `Must be a whole number, at least ${least}.`
				: `Must be a whole number from ${least} to ${most}.`,
		);
	};
}

/** Parses an option whose value is any number in a range. */
export function numberBetween(least: number, most: number): (text: string) => number {
	return (text) => {
		const value = Number(text);
		if (text.trim() !== '' && value >= least && value <= most) return value;
		throw new InvalidArgumentError(`Must be a number from ${least} to ${most}.`);
	};
}

/** Formats the examples in a command's help; an example with a pipe includes `assay` itself. */
export function examples(...lines: readonly string[]): string {
	return `\nExamples:\n${lines.map((line) => (line.includes('| assay ') ? `  $ ${line}` : `  $ assay ${line}`)).join('\n')}\n`;
}
