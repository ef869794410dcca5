import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import useMediaQuery from '@material-ui/core/useMediaQuery';
import type { RecordingDetail } from 'backstage-plugin-kubernetes-audit-common';
import {
  lazy,
  MutableRefObject,
  Suspense,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import {
  isSeeking,
  limitSize,
  RecordingTape,
  untilIdle,
  ViewedScreen,
} from '../../player';
import { kubernetesAuditTranslationRef } from '../../translations';
import { durationOf } from './durationOf';
import { KeyboardHelp } from './KeyboardHelp';
import { KeystrokeOverlay } from './KeystrokeOverlay';
import { terminalView } from './loadTerminal';
import { PlayerControls } from './PlayerControls';
import { handlePlayerKey } from './playerKeys';
import { PlayerTools } from './PlayerTools';
import classes from './RecordingReplay.module.css';
import { ReplayNotices } from './ReplayNotices';
import { ReplayOverlay } from './ReplayOverlay';
import { SearchPanel } from './SearchPanel';
import { Timeline } from './Timeline';
import { TranscriptPanel } from './TranscriptPanel';
import { useLatestRecording } from './useLatestRecording';
import {
  KnownKeyframe,
  ReplayStart,
  usePlayerController,
} from './usePlayerController';
import { useRecordingTimeline } from './useRecordingTimeline';
import { useReplayView } from './useReplayView';
import { useTimeFormat } from './useTimeFormat';

const TimelinePreview = lazy(() => import('./TimelinePreview'));

const MICROSECONDS_PER_SECOND = 1_000_000;
/** Controls wait for the first frame, but no longer than this, in milliseconds. */
const CONTROLS_AFTER = 500;
/** Of a page that is never idle, in milliseconds. */
const PREPARED_WITHIN = 1000;
/** Previews differ by such a share of the recording. */
const PREVIEW_STEP = 1 / 256;

/** Takes a key of the player's; says whether it was one. */
export type KeyHandler = (event: { key: string; shiftKey: boolean }) => boolean;

/** The replay screen and its controls. */
export function RecordingReplay(props: {
  recording: RecordingDetail;
  tape: RecordingTape;
  known: KnownKeyframe | undefined;
  /** Seconds; absent: the start, or what a running session shows now. */
  startAt?: number;
  /** Where the dialog finds who takes its keys. */
  keyHandler: MutableRefObject<KeyHandler | undefined>;
  /** Hears of the end of a session that is watched; memoized by the caller. */
  onEnded: (recording: RecordingDetail) => void;
}) {
  const { recording: opened, tape, known, startAt, keyHandler } = props;
  const { onEnded } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const isStill = useMediaQuery('(prefers-reduced-motion: reduce)', {
    noSsr: true,
  });
  const [TerminalView] = useState(() => terminalView());
  const root = useRef<HTMLDivElement>(null);
  const [screen, setScreen] = useState<ViewedScreen>();
  // A later change of the link's time does not restart what is playing.
  const [start] = useState<ReplayStart>(() =>
    startAt === undefined && opened.status === 'recording'
      ? { kind: 'live', isStill }
      : { kind: 'at', time: (startAt ?? 0) * MICROSECONDS_PER_SECOND },
  );
  const { recording, isOutOfReach } = useLatestRecording(opened);
  useEffect(() => {
    if (recording.status !== opened.status) {
      onEnded(recording);
    }
  }, [recording, opened.status, onEnded]);
  // The first frame comes first: before timeline and controls.
  const [hasShown, setHasShown] = useState(false);
  const timeline = useRecordingTimeline(opened.id, hasShown);
  const { keyframes, player, snapshot } = usePlayerController({
    recording: opened,
    tape,
    known,
    screen,
    start,
  });
  const stage = snapshot && (isSeeking(snapshot.state) ? 'opening' : 'open');
  useEffect(() => {
    if (!stage) {
      return undefined;
    }
    const wait = stage === 'open' ? 0 : CONTROLS_AFTER;
    const timer = setTimeout(() => setHasShown(true), wait);
    return () => clearTimeout(timer);
  }, [stage]);
  useEffect(() => {
    if (!screen || !hasShown) {
      return undefined;
    }
    let isNeeded = true;
    untilIdle(PREPARED_WITHIN).then(() => {
      if (isNeeded) {
        screen.prepare();
      }
    });
    return () => {
      isNeeded = false;
    };
  }, [screen, hasShown]);
  const view = useReplayView(screen);
  const time = useTimeFormat(opened.startedAt, durationOf(recording));

  useEffect(() => {
    player?.extend({
      chunks: recording.chunks,
      duration: durationOf(recording),
      isLive: recording.status === 'recording',
    });
  }, [player, recording]);
  useEffect(() => {
    player?.setIdle(timeline?.idle ?? []);
  }, [player, timeline]);

  const toggleFullScreen = useCallback(() => {
    if (document.fullscreenElement) {
      document.exitFullscreen();
    } else {
      root.current?.requestFullscreen?.();
    }
  }, []);
  useEffect(() => {
    keyHandler.current =
      player &&
      (event =>
        event.key === 'Escape'
          ? view.closeTopmost()
          : handlePlayerKey(event, {
              player,
              markers: (timeline?.markers ?? []).map(marker => marker.time),
              onFullScreen: toggleFullScreen,
              onKeystrokes: view.toggleKeystrokes,
              onSearch: view.openSearch,
              onHelp: view.toggleHelp,
            }));
    return () => {
      keyHandler.current = undefined;
    };
  });

  const { chunks } = recording;
  const latestChunks = useRef(chunks);
  latestChunks.current = chunks;
  const preview = useMemo(
    () => ({ chunks: () => latestChunks.current, tape, keyframes }),
    [tape, keyframes],
  );
  const [size] = useState(() => limitSize(opened.size));
  const isPointedAt = useRef(false);
  const renderPreview = (pointed: number | undefined) => {
    // Not made before somebody points there for the first time.
    isPointedAt.current = isPointedAt.current || pointed !== undefined;
    const step = Math.max(durationOf(recording) * PREVIEW_STEP, 1);
    return isPointedAt.current ? (
      <Suspense fallback={null}>
        <TimelinePreview
          source={preview}
          size={size}
          tty={opened.tty}
          time={pointed && Math.floor(pointed / step) * step}
        />
      </Suspense>
    ) : null;
  };

  return (
    <div ref={root} className={classes.replay}>
      <div className={classes.stage}>
        <div className={classes.screen}>
          <Suspense
            fallback={
              <p className={classes.note} role="status">
                {t('player.opening')}
              </p>
            }
          >
            <TerminalView
              label={t('player.terminal')}
              size={opened.size}
              tty={opened.tty}
              onScreen={setScreen}
            />
          </Suspense>
          {player && snapshot && (
            <ReplayOverlay snapshot={snapshot} onPlay={() => player.play()} />
          )}
          {snapshot && view.showsKeystrokes && (
            <KeystrokeOverlay
              keystrokes={snapshot.keystrokes}
              position={snapshot.position}
            />
          )}
          {view.isHelpOpen && <KeyboardHelp onClose={view.toggleHelp} />}
        </div>
        {player && view.panel === 'search' && (
          <SearchPanel
            recordingId={opened.id}
            formatTime={time.format}
            onSeek={moment => player.seek(moment)}
            onClose={view.closePanel}
          />
        )}
        {player && snapshot && view.panel === 'transcript' && (
          <TranscriptPanel
            recordingId={opened.id}
            position={snapshot.position}
            formatTime={time.format}
            onSeek={moment => player.seek(moment)}
            onClose={view.closePanel}
          />
        )}
      </div>
      {snapshot && (
        <ReplayNotices
          recording={recording}
          timeline={timeline}
          gaps={snapshot.gaps}
          isOutOfReach={isOutOfReach}
          formatTime={time.format}
        />
      )}
      <div className={classes.bar}>
        {hasShown && player && snapshot && (
          <>
            <div className={classes.timeline}>
              <Timeline
                position={snapshot.position}
                duration={snapshot.duration}
                timeline={timeline}
                gaps={snapshot.gaps}
                onSeek={moment => player.seek(moment)}
                renderPreview={renderPreview}
                formatTime={time.format}
              />
            </div>
            <PlayerControls
              player={player}
              snapshot={snapshot}
              time={{
                position: time.format(snapshot.position),
                duration: time.format(snapshot.duration),
              }}
              isWallClock={time.isWallClock}
              onToggleClock={time.toggle}
            >
              <span
                className={classes.size}
                title={t('player.terminalSize', {
                  columns: String(snapshot.size.columns),
                  rows: String(snapshot.size.rows),
                })}
              >
                {snapshot.size.columns}×{snapshot.size.rows}
              </span>
              <PlayerTools
                player={player}
                panel={view.panel}
                scaling={view.scaling}
                selection={view.selection}
                isHelpOpen={view.isHelpOpen}
                onPanel={view.togglePanel}
                onScaling={view.setScaling}
                onFullScreen={toggleFullScreen}
                onHelp={view.toggleHelp}
              />
            </PlayerControls>
          </>
        )}
      </div>
    </div>
  );
}
