import { Check, CircleAlert, X } from 'lucide-react';
import type { HubFit } from '../../../../electron/contract/model/hub.ts';
import { Badge } from '../../../design/badge.tsx';
import { formatBytes, formatCount } from '../../../design/format.ts';
import { Popover } from '../../../design/popover.tsx';

const words = {
	fits: { text: 'Fits', tone: 'good', icon: Check },
	tight: { text: 'Tight', tone: 'warn', icon: CircleAlert },
	'wont-fit': { text: 'Won’t fit', tone: 'bad', icon: X },
} as const;

/** Whether a model that is not here will run here; opens the sum behind it. */
export function HubFitBadge({ fit, of }: { fit: HubFit; of: string }) {
	const { text, tone, icon } = words[fit.verdict];
	return (
		<Popover
			label={`Memory for ${of}`}
			align="end"
			width={272}
			trigger={
				<button type="button" aria-label={`${text}: memory for ${of}`} className="rounded-sm">
					<Badge tone={tone} icon={icon}>
						{text}
					</Badge>
				</button>
			}
		>
			<div className="flex flex-col gap-1.5 text-xs tabular-nums">
				<p>
					Needs about <b className="font-semibold">{formatBytes(fit.neededBytes)}</b> with a context of{' '}
					{formatCount(fit.contextSize)} tokens: weights, KV cache and buffers.
				</p>
				<p className="text-ink-2">{formatBytes(fit.availableBytes)} of memory is free for models here.</p>
				<p className="text-ink-3">
					{fit.basis === 'header'
						? 'Computed from the header of a file of it.'
						: 'Guessed from the size alone. Its files, once you look at them, say it better.'}
				</p>
			</div>
		</Popover>
	);
}
