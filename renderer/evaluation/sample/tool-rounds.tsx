import { CornerDownRight, TriangleAlert } from 'lucide-react';
import type { ToolRound } from '../../../electron/contract/evaluation/tool-task.ts';
import { formatArguments } from '../../conversation/answer/format-arguments.ts';
import { Icon } from '../../design/icon.tsx';
import { Scroller } from '../../design/scroll-area.tsx';
import { t } from '../../messages/t.ts';

/** What a model wrote and called, round by round, with the results that it was given. All of it is shown as text. */
export function ToolRounds({ rounds, label }: { rounds: readonly ToolRound[]; label: string }) {
	return (
		<Scroller label={label} className="max-h-80 flex-none px-3 py-0.5">
			<ol className="flex flex-col gap-2 text-xs">
				{rounds.map(({ text, calls, malformed, message }, index) => (
					// biome-ignore lint/suspicious/noArrayIndexKey: rounds never change
					<li key={index} className="flex min-w-0 flex-col gap-1">
						{index > 0 && rounds[index - 1]?.message !== message ? (
							<p className="text-ink-3">{t('Message {number}', { number: message + 1 })}</p>
						) : null}
						{text.trim() === '' ? null : (
							<p className="foreign font-mono whitespace-pre-wrap" dir="auto">
								{text.trim()}
							</p>
						)}
						{calls.map((call, position) => (
							// biome-ignore lint/suspicious/noArrayIndexKey: calls never change
							<div key={position} className="min-w-0 border-l-2 border-line-strong pl-2">
								<p className="foreign font-mono [overflow-wrap:anywhere] whitespace-pre-wrap" dir="ltr">
									<span className="font-medium">{call.name}</span> {formatArguments(call.arguments)}
								</p>
								{call.result === null ? null : (
									<p className={`mt-0.5 flex gap-1 ${call.isError ? 'text-warn' : 'text-ink-2'}`}>
										<Icon of={call.isError ? TriangleAlert : CornerDownRight} size={12} className="mt-0.5 flex-none" />
										<span className="foreign min-w-0 font-mono [overflow-wrap:anywhere] whitespace-pre-wrap" dir="auto">
											{call.result}
										</span>
									</p>
								)}
							</div>
						))}
						{malformed === undefined ? null : (
							<p className="text-warn">{t('A call could not be read: {reason}', { reason: malformed })}</p>
						)}
					</li>
				))}
			</ol>
		</Scroller>
	);
}
