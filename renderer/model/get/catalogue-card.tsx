import { ArrowDownToLine } from 'lucide-react';
import { useStore } from 'zustand';
import type { CatalogueEntry } from '../../../electron/contract/model/hub.ts';
import { failureOf } from '../../connection/failure.ts';
import { Button } from '../../design/button.tsx';
import { bytes } from '../../design/format.ts';
import { useServices } from '../../services.ts';

/** A model that can be fetched: what it is good for, how large, under which licence, from where. */
export function CatalogueCard({ entry }: { entry: CatalogueEntry }) {
	const { models, settings, toasts } = useServices();
	const blocked = useStore(settings.state, (state) => state.networkBlocked);
	return (
		<section aria-label={entry.name} className="flex items-start gap-6 rounded-lg border border-line px-3.5 py-3">
			<div className="min-w-0 flex-1">
				<h3 className="font-semibold">
					{entry.name} <span className="font-mono text-xs font-normal text-ink-2">{entry.quantization}</span>
				</h3>
				<p className="mt-0.5 max-w-140 text-pretty text-ink-2">{entry.description}</p>
				<p className="mt-1 text-xs text-ink-3">
					{bytes(entry.sizeBytes)} · {entry.license} · from {entry.sources.join(', else ')}
				</p>
			</div>
			<Button
				icon={ArrowDownToLine}
				blocked={blocked ? 'The network is blocked in Settings' : undefined}
				onClick={() =>
					void models.fetch({ catalogueId: entry.id }).catch((error: unknown) => toasts.fail(failureOf(error).message))
				}
			>
				Get
			</Button>
		</section>
	);
}
