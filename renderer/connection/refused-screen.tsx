import type { FailureFacts } from '../../models/contract/failure.ts';
import { Logo } from '../app/logo.tsx';
import { Button } from '../design/button.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';

/** Shown when the application refuses the page: a wrong or missing token, or another version. */
export function RefusedScreen({ failure }: { failure: FailureFacts }) {
	const { connection } = useServices();
	return (
		<main className="grid h-full place-items-center px-6">
			<div className="w-full max-w-120">
				<Logo size={36} />
				<h1 className="mt-4 text-xl font-semibold tracking-[-0.018em]">{t('This page isn’t connected to Assay')}</h1>
				<p className="mt-1.5 text-md text-ink-2">{failure.message}</p>
				<ol className="mt-3 flex list-decimal flex-col gap-1 pl-5 text-ink-2 marker:text-ink-3">
					{failure.next.map((step) => (
						<li key={step}>{step}</li>
					))}
				</ol>
				<div className="mt-5 flex gap-2">
					<Button kind="primary" onClick={() => location.reload()}>
						{t('Reload the page')}
					</Button>
					<Button kind="ghost" onClick={connection.retryNow}>
						{t('Try again')}
					</Button>
				</div>
			</div>
		</main>
	);
}
