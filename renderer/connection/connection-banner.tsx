import { Unplug } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { Button } from '../design/button.tsx';
import { Icon } from '../design/icon.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';

/** Shorter losses are not shown, because the page reconnects before anyone could read about them; in ms. */
const graceMs = 600;

/** Shown while the application is unreachable: the cause, the time of the next attempt, and that nothing is lost. */
export function ConnectionBanner() {
	const { connection } = useServices();
	const lost = useStore(connection.state, (state) => (state.status === 'lost' ? state : null));
	const reaching = useStore(connection.state, (state) => state.status === 'lost' || state.status === 'connecting');
	const [shown, setShown] = useState(false);
	const [, tick] = useState(0);
	useEffect(() => {
		if (!reaching) return setShown(false);
		const timer = setTimeout(() => setShown(true), graceMs);
		const clock = setInterval(() => tick((count) => count + 1), 500);
		return () => {
			clearTimeout(timer);
			clearInterval(clock);
		};
	}, [reaching]);
	if (!shown || lost === null) return null;
	const seconds = Math.max(0, Math.ceil((lost.retryAt - Date.now()) / 1000));
	return (
		<section
			role="alert"
			aria-label={t('Connection')}
			className="flex flex-none items-start gap-2 bg-warn-soft py-1.5 pr-2 pl-5"
		>
			<Icon of={Unplug} size={14} className="mt-[5px] text-warn" />
			<p className="min-w-0 flex-1 py-[3px]">
				<span className="font-medium">{t('Not connected.')}</span>{' '}
				<span className="text-ink-2">
					{t('{cause} Your draft is kept. If you restarted Assay, open the link it printed.', { cause: lost.cause })}
					<span className="tabular-nums">
						{' '}
						{seconds > 0 ? t('Retrying in {seconds} s.', { seconds }) : t('Retrying now.')}
					</span>
				</span>
			</p>
			<Button size="sm" kind="ghost" onClick={connection.retryNow}>
				{t('Retry now')}
			</Button>
		</section>
	);
}
