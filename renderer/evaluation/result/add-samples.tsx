import { Plus } from 'lucide-react';
import type { Run } from '../../../electron/contract/evaluation/schema.ts';
import { Button } from '../../design/button.tsx';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { openNewRun } from '../run-actions.ts';

/** Whether the run left samples of its dataset out, so that a larger run is possible at once. */
export function hasMoreSamples({ config, dataset }: Pick<Run, 'config' | 'dataset'>): boolean {
	return config.dataset.limit !== null && config.dataset.limit <= dataset.samples;
}

/** Plans the same run on more samples, or opens the dataset if the run has used all of it. */
export function AddSamples({ run, wanted, primary }: { run: Run; wanted: number; primary: boolean }) {
	const services = useServices();
	const { layout, toasts } = services;
	const add = (): void => {
		if (hasMoreSamples(run)) {
			openNewRun(services, { runId: run.id, samples: wanted });
			return;
		}
		layout.go({ section: 'datasets', datasetId: run.dataset.id });
		toasts.show({
			text: t('The run used every sample of {name}. Add more here, then run it again.', { name: run.dataset.name }),
			action: { label: t('Edit and rerun'), run: () => openNewRun(services, { runId: run.id }) },
		});
	};
	return (
		<Button kind={primary ? 'primary' : 'secondary'} icon={Plus} onClick={add}>
			{t('Add samples')}
		</Button>
	);
}
