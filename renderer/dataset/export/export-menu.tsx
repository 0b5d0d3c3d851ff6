import { Download } from 'lucide-react';
import { useStore } from 'zustand';
import { Button, buttonClass } from '../../design/button.tsx';
import { Icon } from '../../design/icon.tsx';
import { Menu, MenuItem } from '../../design/menu.tsx';
import { Spinner } from '../../design/spinner.tsx';
import { useServices } from '../../services.ts';
import { describeJobProgress } from '../job-words.ts';
import { exportFormats, exportShown } from './exporting.ts';

/** Saves what is shown in one of several formats. */
export function ExportMenu() {
	const services = useServices();
	const { datasetJobs } = services;
	const running = useStore(datasetJobs.state, (jobs) =>
		Object.values(jobs).find(({ kind }) => kind === 'dataset-export'),
	);
	if (running !== undefined) {
		return (
			<>
				<span role="status" className="inline-flex items-center gap-1.5 text-xs text-ink-2 tabular-nums">
					<Spinner />
					{describeJobProgress(running)}
				</span>
				<Button kind="ghost" onClick={() => void datasetJobs.cancel(running.id)}>
					Cancel
				</Button>
			</>
		);
	}
	return (
		<Menu
			width={280}
			trigger={
				<button type="button" className={buttonClass('ghost')}>
					<Icon of={Download} size={14} />
					Export
				</button>
			}
		>
			{exportFormats.map(({ format, words, detail }) => (
				<MenuItem key={format} onSelect={() => void exportShown(services, format)}>
					<span className="block py-1">
						{words}
						<span className="block text-xs whitespace-normal text-ink-3">{detail}</span>
					</span>
				</MenuItem>
			))}
		</Menu>
	);
}
