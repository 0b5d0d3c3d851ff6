import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown } from 'lucide-react';
import { useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { Message } from '../../../electron/contract/conversation/schema.ts';
import { IconButton } from '../../design/button.tsx';
import { Icon } from '../../design/icon.tsx';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { Answer } from '../answer/answer.tsx';
import { SideBySide } from '../answer/side-by-side.tsx';
import { OverflowDivider } from '../overflow/overflow-divider.tsx';
import { newestOverflow } from '../overflow/overflow-policies.ts';
import { findModelChanges, ModelDivider } from './model-divider.tsx';
import { scrollByKey, useScrollToMessage, useStickToEnd } from './scrolling.ts';
import { UserMessage } from './user-message.tsx';

/** Within this distance of the end, the view follows new text; in px. */
const endThreshold = 56;

/** Gap between messages, in px. */
const gap = 14;

/** The messages of the current branch, virtualised; anchored to the end while the user reads there, otherwise still. */
export function ThreadView({ messages }: { messages: readonly Message[] }) {
	const box = useRef<HTMLElement>(null);
	const [away, setAway] = useState(false);
	const virtualizer = useVirtualizer<HTMLElement, HTMLDivElement>({
		count: messages.length,
		getScrollElement: () => box.current,
		estimateSize: (index) => estimate(messages[index]),
		getItemKey: (index) => messages[index]?.id ?? index,
		// Start near the end, so that the beginning of a long conversation is never drawn first.
		initialOffset: () =>
			Math.max(0, messages.reduce((sum, message) => sum + estimate(message) + gap, 0) - window.innerHeight),
		anchorTo: 'end',
		followOnAppend: true,
		scrollEndThreshold: endThreshold,
		overscan: 3,
		paddingStart: 22,
		paddingEnd: 14,
		gap,
		onChange: (instance) => setAway(!instance.isAtEnd(endThreshold)),
	});
	const toEnd = () => virtualizer.scrollToEnd();
	const { marked, led } = useScrollToMessage(messages, (index) =>
		virtualizer.scrollToIndex(index, { align: 'center' }),
	);

	const begin = useEffectEvent(() => {
		if (!led.current) virtualizer.scrollToEnd();
	});
	useEffect(() => begin(), []);

	useStickToEnd(box, toEnd, { threshold: endThreshold, jumped: () => led.current });

	// Always scroll to the user's own new message, however far up the view was.
	const lastOwn = messages.findLast(({ role }) => role === 'user')?.id;
	const seenOwn = useRef(lastOwn);
	useEffect(() => {
		if (seenOwn.current !== lastOwn) virtualizer.scrollToEnd();
		seenOwn.current = lastOwn;
	}, [lastOwn, virtualizer]);

	const versions = useStore(useServices().thread.versions.state);
	const last = messages.at(-1);
	const overflow = newestOverflow(messages);
	const changes = useMemo(() => findModelChanges(messages), [messages]);
	const writing = last?.status === 'streaming';
	return (
		<div className="relative flex min-h-0 flex-1 flex-col">
			<section
				ref={box}
				aria-label={t('Messages')}
				data-messages
				// biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
				tabIndex={0}
				onKeyDown={(event) => scrollByKey(event, virtualizer)}
				className="@container min-h-0 flex-1 overflow-x-hidden overflow-y-auto px-6 [scrollbar-gutter:stable_both-edges] [mask-image:linear-gradient(transparent,#000_14px)] [overflow-anchor:none] focus-visible:-outline-offset-2"
			>
				<div className="relative mx-auto w-full max-w-(--reading)" style={{ height: virtualizer.getTotalSize() }}>
					{virtualizer.getVirtualItems().map(({ key, index, start }) => {
						const message = messages[index];
						if (message === undefined) return null;
						const change = changes.get(message.id);
						return (
							<div
								key={key}
								ref={virtualizer.measureElement}
								data-index={index}
								data-message={message.id}
								className={`absolute inset-x-0 top-0 rounded-lg transition-[background-color,box-shadow] duration-(--slow) ${
									marked === message.id ? 'bg-accent-soft shadow-[0_0_0_8px_var(--accent-soft)]' : ''
								}`}
								style={{ transform: `translateY(${start}px)` }}
							>
								{overflow?.beforeId === message.id ? <OverflowDivider use={overflow.use} /> : null}
								{message.role === 'user' ? (
									<UserMessage message={message} />
								) : versions !== null && versions.questionId === message.parentId ? (
									<SideBySide shown={versions} current={message.id} />
								) : (
									<>
										{change === undefined ? null : <ModelDivider change={change} />}
										<Answer message={message} last={message === last} />
									</>
								)}
							</div>
						);
					})}
				</div>
			</section>
			{away ? (
				<div className="absolute inset-x-0 bottom-3 flex justify-center">
					{writing ? (
						<button
							type="button"
							onClick={toEnd}
							className="inline-flex h-7.5 items-center gap-1.5 rounded-full bg-raised pr-3 pl-2.5 text-xs font-medium text-ink shadow-menu hover:bg-[color-mix(in_oklab,var(--raised),var(--ink)_4%)]"
						>
							<Icon of={ArrowDown} size={14} className="text-accent-ink" />
							{t('New text below')}
						</button>
					) : (
						<span className="rounded-full bg-raised shadow-menu">
							<IconButton
								icon={ArrowDown}
								label={t('Go to the newest message')}
								side="top"
								className="rounded-full!"
								onClick={toEnd}
							/>
						</span>
					)}
				</div>
			) : null}
		</div>
	);
}

/** Heights estimated before: a long branch asks for each of them again with every page that is fetched. */
const estimates = new WeakMap<Message, number>();

/** Estimates a message's height, in px, closely enough that the scrollbar hardly jumps. */
function estimate(message: Message | undefined): number {
	if (message === undefined) return 60;
	const known = estimates.get(message);
	if (known !== undefined) return known;
	const height = estimateHeight(message);
	estimates.set(message, height);
	return height;
}

function estimateHeight(message: Message): number {
	const lines = Math.ceil(message.content.length / 76) + message.content.split('\n').length - 1;
	return message.role === 'user' ? Math.min(lines, 34) * 24 + 16 : lines * 25 + 62;
}
