-- Events a minute and kind, by the time in the event; rows more than ten seconds late are dropped.
-- `examples/generate_events events` writes the input. The checkpoint lets a second start go on behind the first.
CREATE TEMPORARY VIEW events (time TIMESTAMP, kind STRING, amount DOUBLE)
  USING json OPTIONS (path 'events', maxFilesPerTrigger '10');

CREATE STREAMING TABLE per_minute USING console
  OPTIONS (outputMode 'update', trigger '2 seconds', checkpointLocation 'checkpoint/per_minute')
  AS SELECT window.start AS minute, kind, count(*) AS events, round(sum(amount), 2) AS amount
     FROM STREAM events WATERMARK time DELAY OF INTERVAL 10 SECONDS
     GROUP BY window(time, '1 minute'), kind;
