import type { PreviewSample } from '../../../electron/contract/dataset/import.ts';
import { Scroller } from '../../design/scroller.tsx';

const shown = 5;

/** The first samples, each with what it would hold. */
export function PreviewSamples({ samples }: { samples: readonly PreviewSample[] }) {
	if (samples.length === 0) return <p className="text-xs text-ink-3">None: no row could be read so.</p>;
	const choices = samples.some((sample) => sample.choices !== null);
	const tags = samples.some((sample) => sample.tags.length > 0);
	return (
		<Scroller label="First samples" className="max-h-56 rounded-lg border border-line">
			<table className="w-full table-fixed text-xs">
				<caption className="sr-only">First samples</caption>
				<thead className="text-2xs text-ink-2">
					<tr>
						<th scope="col" className="py-1.5 pr-2 pl-3 text-left font-medium">
							Input
						</th>
						<th scope="col" className="w-[30%] px-2 py-1.5 text-left font-medium">
							Target
						</th>
						{choices ? (
							<th scope="col" className="w-16 px-2 py-1.5 text-right font-medium">
								Choices
							</th>
						) : null}
						{tags ? (
							<th scope="col" className="w-[18%] px-2 py-1.5 text-left font-medium">
								Tags
							</th>
						) : null}
						<th scope="col" className="w-20 py-1.5 pr-3 pl-2 text-left font-medium">
							Split
						</th>
					</tr>
				</thead>
				<tbody>
					{samples.slice(0, shown).map((sample) => (
						<tr key={sample.key} className="border-t border-line align-top">
							<td className="py-1.5 pr-2 pl-3" dir="auto">
								<span className="line-clamp-2 [overflow-wrap:anywhere]">{inputText(sample)}</span>
							</td>
							<td className="px-2 py-1.5" dir="auto">
								{sample.target === null ? (
									<span className="text-ink-3">None</span>
								) : (
									<span className="line-clamp-2 [overflow-wrap:anywhere]">{sample.target}</span>
								)}
							</td>
							{choices ? (
								<td className="px-2 py-1.5 text-right font-mono tabular-nums">{sample.choices?.length ?? '–'}</td>
							) : null}
							{tags ? (
								<td className="truncate px-2 py-1.5" title={sample.tags.join(', ')}>
									{sample.tags.join(', ')}
								</td>
							) : null}
							<td className="truncate py-1.5 pr-3 pl-2">{sample.split}</td>
						</tr>
					))}
				</tbody>
			</table>
		</Scroller>
	);
}

function inputText({ input }: PreviewSample): string {
	return typeof input === 'string' ? input : input.map(({ role, content }) => `${role}: ${content}`).join('\n');
}
