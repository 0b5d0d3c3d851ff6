import { useStore } from 'zustand';
import { count } from '../../design/format.ts';
import { useServices } from '../../services.ts';

/** How much of the context the conversation filled at its last answer; nothing before the first. */
export function ContextMeter() {
	const { thread } = useServices();
	const figures = useStore(thread.state, (state) => {
		if (state.status !== 'ready') return '';
		const generation = state.messages.findLast(
			({ generation: one }) => one !== null && one.promptTokens > 0 && one.contextSize > 0,
		)?.generation;
		if (!generation) return '';
		return `${generation.promptTokens + generation.completionTokens}/${generation.contextSize}`;
	});
	if (figures === '') return null;
	const [used = 0, size = 1] = figures.split('/').map(Number);
	return (
		<span
			className="mr-1 inline-flex items-center gap-2 text-xs whitespace-nowrap text-ink-2 tabular-nums"
			title={`${count(used)} of ${count(size)} tokens of the context were used at the last answer. When it is full, the oldest messages are left out and the system prompt is kept.`}
		>
			{/* biome-ignore lint/a11y/useSemanticElements: <meter> cannot be drawn with the tokens in every browser */}
			<span
				role="meter"
				aria-label="Context used"
				aria-valuemin={0}
				aria-valuemax={size}
				aria-valuenow={used}
				className="hidden h-1.5 w-16 overflow-hidden rounded-xs bg-line-strong @lg:flex"
			>
				<i
					className="block h-full min-w-0.5 bg-[color-mix(in_oklab,var(--accent)_60%,var(--raised))]"
					style={{ width: `${Math.min(100, (used / size) * 100)}%` }}
				/>
			</span>
			{count(used)} / {count(size)}
		</span>
	);
}
