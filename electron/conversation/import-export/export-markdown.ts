import { withoutPageBreaks } from '../../contract/conversation/page-breaks.ts';
import { textsOfRounds } from '../../contract/conversation/round-texts.ts';
import type { MessageStatus } from '../../contract/conversation/schema.ts';
import type { AnswerStep } from '../../contract/conversation/steps.ts';
import { fenceFor } from '../../text/code-fence.ts';
import type { ExportedConversation } from './document.ts';
import { shownBranch } from './exported-conversation.ts';

type ExportedMessage = ExportedConversation['messages'][number];

/** Renders one branch to read: the author of each message and, below each answer, its model. Texts stay unchanged. */
export function conversationMarkdown(conversation: ExportedConversation): string {
	const { title, systemPrompt, createdAt } = conversation;
	return `${[
		`# ${title}`,
		`*${isoTime(createdAt)}*`,
		...(systemPrompt === '' ? [] : ['## System prompt', systemPrompt]),
		...shownBranch(conversation).flatMap((message) => [...sectionOf(message), ...summaryAfter(conversation, message)]),
	].join('\n\n')}\n`;
}

/** The summary in use, behind the last message that it covers. */
function summaryAfter(conversation: ExportedConversation, { id }: ExportedMessage): readonly string[] {
	const summary = activeSummary(conversation);
	if (summary?.untilId !== id) return [];
	return [`<details><summary>${summaryLabel(summary)}</summary>\n\n${summary.text}\n\n</details>`];
}

type ExportedSummary = NonNullable<ExportedConversation['summaries']>[number];

/** Returns the summary that stands for the beginning of the branch that is shown. */
export function activeSummary({ summaries = [] }: ExportedConversation): ExportedSummary | undefined {
	return summaries.find(({ active }) => active);
}

/** "Summary of the messages up to here, version 2, by SmolLM2 135M Instruct" */
export function summaryLabel({ number, writtenBy, modelName }: ExportedSummary): string {
	const by = writtenBy === 'person' ? ', written by you' : modelName === '' ? '' : `, by ${modelName}`;
	return `Summary of the messages up to here, version ${number}${by}`;
}

function sectionOf(message: ExportedMessage): readonly string[] {
	const { role, content, reasoning, failure, status, attachments, rounds = [] } = message;
	if (role === 'user') return ['## You', ...attachments.flatMap(attachmentOf), content];
	const notes = [
		...(status === 'complete' ? [] : [`*${endingTexts[status]}*`]),
		...(failure === null ? [] : [`*${failure.message}*`]),
	];
	const model = modelLabel(message);
	return [
		`## Assistant${model === null ? '' : ` (${model})`}`,
		...(reasoning === null ? [] : [`<details><summary>Reasoning</summary>\n\n${reasoning}\n\n</details>`]),
		...textsOfRounds(content, rounds).flatMap((text, index) => [
			...(text === '' ? [] : [text]),
			...(rounds[index]?.steps.map(stepOf) ?? []),
		]),
		...notes,
	];
}

/** A call and its result as they are: between fences, so that nothing in them is Markdown. */
function stepOf(step: AnswerStep): string {
	const parts = [fenced(step.arguments, 'json'), ...(step.result === null ? [] : [fenced(step.result, '')])];
	return `**Step: ${inlineCode(step.name)}${stepEndings[step.status]}**\n\n${parts.join('\n\n')}`;
}

function fenced(text: string, kind: string): string {
	const fence = fenceFor(text);
	return `${fence}${kind}\n${text}\n${fence}`;
}

/** A name of a tool comes from elsewhere. */
function inlineCode(text: string): string {
	const line = text.replaceAll(/[`\s]+/g, ' ');
	return `\`${line}\``;
}

/** How a step ended, after its name. */
export const stepEndings: Record<AnswerStep['status'], string> = {
	done: '',
	failed: ' (failed)',
	refused: ' (refused)',
	stopped: ' (stopped)',
	waiting: ' (interrupted)',
	asking: ' (interrupted)',
	running: ' (interrupted)',
	interrupted: ' (interrupted)',
};

function attachmentOf({ name, text: stored }: ExportedMessage['attachments'][number]): readonly string[] {
	const text = withoutPageBreaks(stored);
	return [`**${name}**`, fenced(text, '')];
}

/** Times come from other programs' files and may be invalid, or missing (0). */
function isoTime(at: number): string {
	const date = new Date(at);
	return at === 0 || Number.isNaN(date.getTime()) ? 'time unknown' : date.toISOString();
}

/** "SmolLM2 135M Instruct, Q4_1"; null if unknown. */
export function modelLabel({ generation, importedModel }: ExportedMessage): string | null {
	if (generation === null) return importedModel;
	return generation.quantization === '' ? generation.modelName : `${generation.modelName}, ${generation.quantization}`;
}

/** How an incomplete answer ended. */
export const endingTexts: Record<Exclude<MessageStatus, 'complete' | 'streaming'>, string> = {
	stopped: 'Stopped.',
	interrupted: 'Interrupted: Assay ended while this was written.',
	failed: 'Failed.',
};
