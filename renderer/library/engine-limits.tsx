import type { EngineLimit } from '../../models/contract/engine-names.ts';
import { t, translate } from '../messages/t.ts';

/** What an engine does not do, one line each. */
export function EngineLimits({ limits }: { limits: readonly EngineLimit[] }) {
	return (
		<ul aria-label={t('Without')} className="flex list-disc flex-col gap-1 pl-3.5 text-xs text-ink-3">
			{limits.map(({ feature, reason }) => (
				<li key={feature}>{translate(reason)}</li>
			))}
		</ul>
	);
}
