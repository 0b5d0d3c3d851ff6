import { ArrowRightToLine, Copy, RefreshCw, Split } from 'lucide-react';
import type { Message } from '../../../electron/contract/conversation.ts';
import type { Command } from '../../app/command.ts';
import type { Services } from '../../services.ts';
import { branchConversation, findBlockedReason, runOrToast } from '../actions.ts';
import { copyText } from '../markdown/use-copy.ts';
import { isStored, isWriting, shownMessages } from '../thread-state.ts';
import { isCutOff } from './ending.ts';

/** What can be done with the newest answer from anywhere. */
export function listAnswerCommands(services: Services, answer: Message): Command[] {
	const { thread } = services;
	const answerable = !isWriting(thread.state.getState()) && findBlockedReason(services) === null;
	const commands: (Command | null)[] = [
		answerable
			? {
					id: 'answer-again',
					label: 'Answer again',
					icon: RefreshCw,
					shortcut: 'answer-again',
					run: () => void thread.regenerate(answer.id),
				}
			: null,
		answerable && isCutOff(answer) && isStored(answer)
			? {
					id: 'continue-answer',
					label: 'Go on with the answer',
					icon: ArrowRightToLine,
					shortcut: 'continue-answer',
					run: () => void thread.continue(answer.id),
				}
			: null,
		isStored(answer)
			? {
					id: 'branch',
					label: 'Branch into a new conversation',
					icon: Split,
					run: () => void branchConversation(services, answer.id),
				}
			: null,
		{
			id: 'copy-answer',
			label: 'Copy the last answer',
			icon: Copy,
			shortcut: 'copy-answer',
			run: () => copyAnswer(services, answer),
		},
	];
	return commands.filter((command) => command !== null);
}

function copyAnswer({ toasts }: Services, answer: Message): void {
	void copyText(answer.content).then((done) => {
		if (done) toasts.show({ text: 'Answer copied', icon: Copy });
	});
}

/** Turns the pager of the newest message that has versions. */
export function switchBranch(services: Services, step: 1 | -1): void {
	const messages = shownMessages(services.thread.state.getState());
	const message = messages.findLast(({ siblings }) => siblings.length > 1);
	const next = message?.siblings[message.siblings.indexOf(message.id) + step];
	if (next !== undefined) void runOrToast(services, () => services.thread.selectBranch(next));
}
