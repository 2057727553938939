-- Counts words that arrive as lines on a socket: start `nc -lk 9999` first, then type.
CREATE TEMPORARY VIEW lines
  USING socket OPTIONS (host 'localhost', port '9999');

CREATE STREAMING TABLE counts USING console
  OPTIONS (outputMode 'update')
  AS SELECT word, count(*) AS count
     FROM (SELECT explode(split(value, ' ')) AS word FROM STREAM lines)
     GROUP BY word;
