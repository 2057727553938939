-- The twenty most frequent words of the licence texts, counted by a streaming query over files that ends when it has read all.
CREATE TEMPORARY VIEW lines (value STRING)
  USING text OPTIONS (path '/usr/share/common-licenses');

CREATE TEMPORARY VIEW words AS
  SELECT explode(split(lower(value), '[^a-z]+')) AS word FROM STREAM lines;

CREATE STREAMING TABLE counts USING console
  OPTIONS (outputMode 'complete', trigger 'availableNow')
  AS SELECT word, count(*) AS count FROM words WHERE word <> '' GROUP BY word ORDER BY count DESC, word;
