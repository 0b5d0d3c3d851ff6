import type { EngineLimit } from '../../models/contract/engine-names.ts';

/** What an engine does not do, one line each. */
export function EngineLimits({ limits }: { limits: readonly EngineLimit[] }) {
	return (
		<ul aria-label="Without" className="flex flex-col gap-0.5 text-xs text-ink-3">
			{limits.map(({ feature, reason }) => (
				<li key={feature}>{reason}</li>
			))}
		</ul>
	);
}
